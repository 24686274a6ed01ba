"""The service itself: what it is, whether it works, what is measured of it."""
