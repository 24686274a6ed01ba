"""Spreadsheets as ministries keep them: a template to hand out, and sheets with headings of their own."""
