"""All that a process of the service says on standard error is lines of JSON, which tell nobody's data."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

SECRET = "María López, DPI-123"
BEGIN = (
    "import logging, sys, threading, warnings, structlog\nfrom api.logs.service_log import set_up_logs\nset_up_logs()\n"
)
FAIL = f"""
def fail(*_):
    raise ValueError({SECRET!r})
"""
SAID = {
    "ours": "structlog.get_logger().info('done', count=1)",
    "ours with an error": "try:\n    fail()\nexcept ValueError:\n    structlog.get_logger().exception('failed')",
    "a library's": "logging.getLogger('uvicorn.error').error('It broke\\nin two lines')",
    "a library's with an error": "try:\n    fail()\nexcept ValueError:\n    logging.exception('It failed')",
    "a warning": "warnings.warn('old', DeprecationWarning, stacklevel=1)",
    "a thread's end": "one = threading.Thread(target=fail)\none.start()\none.join()",
    "an object's end": "class One:\n    __del__ = fail\nOne()",
    "a task's end": "import asyncio\nasync def task():\n    fail()\n"
    "async def main():\n    asyncio.create_task(task())\n    await asyncio.sleep(0)\nasyncio.run(main())",
    "its own end": "fail()",
}


@pytest.mark.parametrize("kind", list(SAID))
def test_each_line_is_json_and_tells_no_data(kind: str) -> None:
    """One line for each thing said, with its time and level."""
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", BEGIN + FAIL + SAID[kind]], capture_output=True, text=True, check=False
    )
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert len(lines) == 1 and {"event", "level", "timestamp"} <= set(lines[0]), done.stderr
    assert "López" not in done.stderr
    assert done.returncode == (kind == "its own end")
    if "error" in kind or "end" in kind:
        assert lines[0]["error"] == "ValueError" and any(" fail" in frame for frame in lines[0]["at"])
