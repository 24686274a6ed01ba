"""Edits of rows of what-ifs: `edit.py` makes one, `where.py` chooses its rows, `kinds/` has a file a kind of change."""
