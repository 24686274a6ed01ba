"""What needs the solver again: what-ifs, sweeps, explanations, re-matching."""
