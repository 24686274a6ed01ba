"""Fairness between groups: what equity costs, who is selected, who is asked back, and what a score does."""
