"""The rights report of a plan: what each placement keeps and breaks of what protects workers, line by line.

It reads the programme and the placements alone, as the audit does. A line is one file of the folder ``lines``.
"""
