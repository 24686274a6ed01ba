"""All rivals: a new one is a new file with ``NAME`` and ``solve(question, report)``, run in a process of its own."""
