"""Charts of seasons to come: what policies reach of hindsight, and years ahead with their bands."""
