"""Plans: from prices, by insertion, by chains of moves, in windows, from an earlier plan."""
