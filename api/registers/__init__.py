"""Registers of workers and of what surrounds them: uploads, snapshots, one person's data."""
