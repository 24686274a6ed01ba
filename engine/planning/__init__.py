"""What needs the solver again: what-ifs, sweeps, explanations, re-matching."""

CHARGE = 2.0  # what a kept placement counts more in a repair, in value, where nobody says otherwise
