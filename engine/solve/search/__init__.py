"""The search for the best plan: what it knows, and the stages that it is made of, one file each."""
