"""Clauses of agreements: their base, their ``where``, their parameters and limits; `kinds` holds one file a kind."""
