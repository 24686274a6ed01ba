"""Synthetic programmes and imports of published data, both as drafts that the engine writes."""
