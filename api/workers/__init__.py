"""Registers of workers and of what surrounds them; one person's data."""
