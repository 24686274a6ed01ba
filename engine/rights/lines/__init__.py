"""The lines of the rights report, one file each: what it asks, what it cites, what data can't tell, and ``judge``.

A new line is a new file, see `engine.rights.report.LineKind`.
"""
