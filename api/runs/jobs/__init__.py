"""What runs compute, one file a kind."""
