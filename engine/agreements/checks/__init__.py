"""The checks of agreements, one file each: ``find`` yields what is wrong in a text. A new check is a new file."""
