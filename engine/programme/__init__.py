"""What a ministry hands in: tables, agreements and settings, read, validated and written."""

from engine.programme.programme import Agreement, Programme, Settings
from engine.programme.read import read_programme
from engine.programme.write import write_programme

__all__ = ["Agreement", "Programme", "Settings", "read_programme", "write_programme"]
