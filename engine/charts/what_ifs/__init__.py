"""Charts of what-ifs and sweeps: each branch against its base."""
