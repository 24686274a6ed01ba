"""What a confined child begins with, imported once by the process that such children are forked from."""

from __future__ import annotations

import contextlib
import importlib
import os

# Before numpy and pyarrow are imported: threads of a pool aren't there in a process that is forked.
os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}

for name in ("api.uploads.uploads", "api.placements.publication", "api.sheets.pages", "api.agreements.routes"):
    importlib.import_module(name)

from engine.clauses.kinds import kinds  # noqa: E402 -- after the environment
from engine.errors import VaivenError  # noqa: E402 -- after the environment

with contextlib.suppress(VaivenError):  # whoever reads a programme is told
    kinds()
