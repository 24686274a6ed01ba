"""Charts of fairness."""
