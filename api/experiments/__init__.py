"""Experiments: a question, the runs that were made for it with where each comes from, and what was concluded."""
