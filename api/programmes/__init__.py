"""Programmes: their settings, and whether they can be matched."""
