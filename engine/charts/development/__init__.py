"""The chart of the development report: who is away from which region in which month."""
