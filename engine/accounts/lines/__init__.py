"""The lines of the accounts, one file each; adding a line is adding a file."""
