"""The chart of what states could harmonise: what each relaxation brings."""
