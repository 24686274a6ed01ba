"""Agreements between states, every version of them."""
