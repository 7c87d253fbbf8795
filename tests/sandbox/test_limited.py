"""Work in a forked child: its result as text, and every way to be stopped."""

from __future__ import annotations

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from grader.checks.formula import FormulaCheck
from grader.checks.number import NumberCheck
from grader.model.evidence import Capture
from grader.model.values import Scalar, Text
from grader.model.verdict import Status
from grader.sandbox.limited import Caps, judge_limited, run_limited

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes cannot be forked here")
FORMULA = FormulaCheck(id="w", points=1, environment="lms", quantity="W^*", reference="(X^T X)^{-1} X^T D")  # type: ignore[arg-type]

WRITTEN = Path(tempfile.gettempdir()) / f"written-by-a-shut-child-{os.getpid()}"


def forever() -> str:
    while True:
        pass


def test_the_result_of_the_work_comes_back_whole() -> None:
    text = json.dumps(["ä" * 200_000])
    assert run_limited(lambda: text).text == text


def test_the_work_is_done_in_another_process() -> None:
    assert run_limited(lambda: str(os.getpid())).text != str(os.getpid())


def test_work_without_end_is_killed_at_its_deadline() -> None:
    started = time.monotonic()
    assert run_limited(forever, Caps(seconds=0.3)).ended == "too_much"
    assert time.monotonic() - started < 60


def test_work_that_takes_too_much_memory_is_stopped() -> None:
    assert run_limited(lambda: str(len(bytearray(2**30))), Caps(memory=64 * 2**20)).ended == "too_much"


def test_work_that_recurses_without_end_is_stopped() -> None:
    def deeper() -> str:
        return deeper()

    assert run_limited(deeper).ended == "too_much"


def test_a_result_that_is_too_long_is_refused() -> None:
    assert run_limited(lambda: "x" * (9 * 2**20)).ended == "too_much"


def reaches_a_file() -> str:
    return Path("/etc/hostname").read_text() or "read"


def reaches_the_network() -> str:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.connect(("127.0.0.1", 9))
    return "sent"


def starts_a_program() -> str:
    return str(os.posix_spawn("/bin/true", ["true"], {}))


def writes_a_file() -> str:
    WRITTEN.write_text("x")
    return "written"


@pytest.mark.skipif(sys.platform != "linux", reason="these walls are Linux's")
@pytest.mark.parametrize("work", [reaches_a_file, reaches_the_network, starts_a_program, writes_a_file])
def test_a_shut_child_reaches_nothing(work: Callable[[], str]) -> None:
    assert run_limited(work).ended == "done", "without the walls it must work, or this proves nothing"
    WRITTEN.unlink(missing_ok=True)
    done = run_limited(work, shut=True)
    assert done.ended == "raised", done.text
    assert "Error" in done.text


def test_a_shut_child_inherits_no_descriptor_but_its_pipe(tmp_path: Path) -> None:
    with (tmp_path / "secret").open("w+") as file:
        assert run_limited(lambda: str(os.fstat(file.fileno()).st_size)).ended == "done"
        assert run_limited(lambda: str(os.fstat(file.fileno()).st_size), shut=True).ended == "raised"


def test_a_child_that_dies_is_too_much_work() -> None:
    assert run_limited(lambda: os._exit(0)).ended == "too_much"


def test_an_exception_comes_back_as_its_message() -> None:
    done = run_limited(lambda: str(1 // 0))
    assert (done.ended, done.text) == ("raised", "ZeroDivisionError: integer division or modulo by zero")


def test_no_child_is_left_over() -> None:
    """Not even as a zombie; what other tests of this process keep is theirs."""
    here = psutil.Process()
    before = set(here.children())
    run_limited(forever, Caps(seconds=0.1))
    assert set(here.children()) <= before


def test_a_formula_is_judged_in_a_child_with_the_same_verdict() -> None:
    seen = (Capture.of(Text(text="X^T D")),)
    assert judge_limited(FORMULA, seen, ()) == FORMULA.judge(seen, ())


def test_a_formula_that_takes_too_long_is_undecided() -> None:
    seen = (Capture.of(Text(text="X^T D")),)
    verdict = judge_limited(FORMULA, seen, (), Caps(seconds=0.0))
    assert (verdict.status, verdict.reason.code) == (Status.UNDECIDED, "too_much_work")


def test_other_kinds_are_judged_here() -> None:
    check = NumberCheck(id="n", points=1, of="n", value=3)  # type: ignore[arg-type]
    seen, expected = (Capture.of(Scalar(value=3)),), (Capture.of(Scalar(value=3)),)
    assert judge_limited(check, seen, expected, Caps(seconds=0.0)).status is Status.PASSED
