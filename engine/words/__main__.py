"""Keeps the catalogue in step with the source.

python -m engine.words extract    write new keys to the file of every language, take stale ones out
python -m engine.words check      say what is missing, stale or doesn't fit; exit status 1 where anything is
"""

from __future__ import annotations

import sys

from engine.words.catalogue import FOLDER
from engine.words.extraction import faults, template, write_languages


def main(arguments: list[str]) -> int:
    """Do what is asked; the exit status."""
    if arguments == ["extract"]:
        write_languages()
    elif arguments != ["check"]:
        print(__doc__, file=sys.stderr)
        return 2
    keys = template()
    found = [f"{file.name}: {fault}" for file in sorted(FOLDER.glob("*.po")) for fault in faults(file, keys)]
    print("\n".join(found) or "Every language says everything.")
    return 1 if found and arguments == ["check"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
