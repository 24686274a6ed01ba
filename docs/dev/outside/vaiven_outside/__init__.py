"""One of each thing that a package can add to Vaivén, each as small as it can be."""

from pathlib import Path

WHAT_IFS = Path(__file__).parent / "what_ifs"
