"""Job orders: states, history, checks against the agreements."""
