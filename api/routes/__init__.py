"""One file a resource: each handler parses, calls and answers."""
