"""Import of the H-2A disclosure workbook that the US Department of Labor publishes each year."""

from scenarios.h2a.importer import import_files, import_h2a

SOURCE = "h2a"
SUMMARY = "US Department of Labor, H-2A disclosure data: the workbook of one fiscal year, as published."

__all__ = ["SOURCE", "SUMMARY", "import_files", "import_h2a"]
