"""How answers are said: problems, and the language that was asked."""
