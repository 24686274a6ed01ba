"""Runs: the queue, the workers that take from it, and what they compute."""
