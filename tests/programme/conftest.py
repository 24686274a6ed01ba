"""Marks the tests that wait for a known bug of the reader."""

import pytest
from known_bugs import BUG_OF


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Expect the failure of each test named in known_bugs, by its own name or by that of its case."""
    for item in items:
        if "/programme/" not in item.path.as_posix():
            continue
        case = item.name.partition("[")[2].removesuffix("]")
        bug = BUG_OF.get(item.name) or BUG_OF.get(case)
        if bug:
            item.add_marker(pytest.mark.xfail(strict=True, reason=bug))
