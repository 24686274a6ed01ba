"""Lets these tests reach the oracle and the adversarial programmes, which lie a folder above."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))
