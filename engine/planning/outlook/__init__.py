"""Several years: who goes this year changes who may and who wants to go next year; many futures of it."""
