"""Plans once made: what they say, how they are exported, and what becomes of each placement."""
