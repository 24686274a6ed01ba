"""The kinds of edits of rows, one file each: ``KIND`` is its `RowEdit`. A new kind is a new file."""
