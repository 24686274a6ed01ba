"""The audit: what a plan is checked against, with the programme and its placements alone; no problem, no solver."""
