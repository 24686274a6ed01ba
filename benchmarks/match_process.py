"""The command ``vaiven`` as its users run it: ``python -m benchmarks.match_process match PROGRAMME PLAN ...``."""

from __future__ import annotations

import sys

from engine.cli import main as command


def main(arguments: list[str]) -> None:
    """Run the command line with these arguments."""
    sys.argv = ["vaiven", *arguments]
    command()


if __name__ == "__main__":
    main(sys.argv[1:])
