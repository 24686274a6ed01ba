"""A season to click through: drawn by a preset, put into the service as its ministries and employers would put it."""
