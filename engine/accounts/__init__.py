"""The accounts of a plan at both ends: what is earned, paid, spent, sent home and given up, by rates of one file."""
