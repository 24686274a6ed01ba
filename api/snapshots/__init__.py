"""A programme as the engine reads it, with what stands in it."""
