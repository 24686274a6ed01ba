"""No test waits for a fixed time: it waits for the thing, or for the end of what should bring it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen

import pytest

from benchmarks.waiting import running, until

TESTS = Path(__file__).parent
LIMITED = {"wait", "join", "acquire", "communicate", "result"}  # of processes, threads, locks and futures


def fixed_waits(tree: ast.AST) -> Iterator[int]:
    """The lines that sleep, or give something a number of seconds to happen; to sleep for 0 lets others go first."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            of_an_object = isinstance(call.func, ast.Attribute)
            limited = any(one.arg == "timeout" and not _is_none(one.value) for one in call.keywords)
            numbers = name in LIMITED and of_an_object and any(map(_is_number, call.args))
            sleeps = name == "sleep" and not any(isinstance(a, ast.Constant) and a.value == 0 for a in call.args)
            if sleeps or limited or numbers:
                yield call.lineno


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _is_number(node: ast.expr) -> bool:
    """Whether a value is written as a number, or reckoned with one."""
    if isinstance(node, ast.BinOp):
        return _is_number(node.left) or _is_number(node.right)
    return isinstance(node, ast.Constant) and isinstance(node.value, int | float)


def test_no_test_waits_for_a_fixed_time() -> None:
    """`benchmarks.waiting.until` is the one way to wait."""
    found = {
        f"{path.relative_to(TESTS)}:{line}"
        for path in TESTS.rglob("*.py")
        for line in fixed_waits(ast.parse(path.read_text("utf-8")))
    }
    assert not found, sorted(found)


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("time.sleep(0.1)", [1]),
        ("sleep(1)", [1]),
        ("asyncio.sleep(0)", []),
        ("process.wait(timeout=60)", [1]),
        ("process.communicate(timeout=PATIENCE + 10)", [1]),
        ("event.wait(60)", [1]),
        ("one.result(5)", [1]),
        ("run(call, timeout=SECONDS)", [1]),
        ("process.wait()\nthread.join()\n', '.join(NAMES)\nrun(call, timeout=None)", []),
    ],
)
def test_fixed_waits_are_found(text: str, lines: list[int]) -> None:
    """In each of their shapes, and nothing else."""
    assert list(fixed_waits(ast.parse(text))) == lines


def test_a_wait_ends_with_what_should_bring_it() -> None:
    """Whoever waits for a file of a process that died is told so; what came before its death counts."""
    process = Popen([sys.executable, "-c", ""])
    with pytest.raises(RuntimeError, match="ended without it"):
        until(lambda: False, running(process))
    assert until(lambda: "there", running(process)) == "there"
