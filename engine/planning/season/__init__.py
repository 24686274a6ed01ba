"""A season replayed week by week: drawn seasons, policies that place people as they come, and the best in hindsight."""
