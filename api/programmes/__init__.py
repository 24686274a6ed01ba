"""Programmes and their agreements."""
