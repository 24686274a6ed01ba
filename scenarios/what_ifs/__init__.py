"""What-ifs to begin from, one file each; the commands know them by their names."""

from pathlib import Path

FOLDER = Path(__file__).parent
