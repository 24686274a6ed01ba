"""Sheets with headings of their own: which column is which is said on a page, what would be read is seen first."""
