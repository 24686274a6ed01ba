"""What the tests of scenarios share: where the oracle is, and the published data beside the checkout."""

import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
SHARED_DATA = TESTS.parents[1] / "shared" / "data"

if str(TESTS) not in sys.path:
    sys.path.append(str(TESTS))  # the oracle is a package of the tests


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Give the folder of published data, or skip."""
    if not SHARED_DATA.is_dir():
        pytest.skip("../shared/data is not beside the checkout")
    return SHARED_DATA
