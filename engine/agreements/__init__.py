"""Agreements as tested law: what in them clashes or says nothing, their own examples, and what differs between two."""
