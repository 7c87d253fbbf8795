"""`grader review` as its users start and end it."""

from __future__ import annotations

import signal
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from grader.cli import review
from grader.cli.assignment import say_what_waits
from grader.errors import EvidenceError, RubricError, RubricFault, UsageError
from grader.store.run_folder import RunFolder
from grader.web.processes import in_another_process

CODE = "from grader.cli import main; main()"


def faulty() -> None:
    raise RubricError((RubricFault("hw.yaml", 1, 2, "title", "is missing"),))


def test_it_prints_its_address_serves_there_and_ends_with_exit_code_0(out: Path) -> None:
    command = [sys.executable, "-c", CODE, "review", str(out), "--no-browser", "--author", "ta1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            address = server.stdout.readline().removeprefix("review page: ").strip()
            assert address.startswith("http://127.0.0.1:")
            assert "What waits for a person" in page(address)
            with pytest.raises(urllib.error.HTTPError, match="403"):
                page(address.split("?")[0])
            server.send_signal(signal.SIGTERM)
            said = server.stdout.read()
        finally:
            server.kill()
    assert server.returncode == 0
    assert said.endswith("all scores are up to date\n")


def page(address: str) -> str:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor())
    text: bytes = opener.open(address, timeout=30).read()
    return text.decode()


def test_after_grading_the_command_is_named_where_something_waits(out: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = RunFolder(out).read_class()
    say_what_waits([found, found], out)
    say_what_waits([found.model_copy(update={"reports": ()})], out)
    assert capsys.readouterr().out == f"16 checks wait for a person: grader review {out}\n"


def test_without_the_web_library_the_command_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(review, "LIBRARIES", ("flask", "no_such_library"))
    with pytest.raises(UsageError, match="needs no_such_library") as caught:
        review.require_library()
    assert caught.value.mend == f"{sys.executable} -m pip install no_such_library"


def test_a_port_that_is_taken_is_said(out: Path) -> None:
    from grader.web.desk import open_desk
    from grader.web.server import serving

    desk = open_desk(out, "ta1")
    with serving(desk) as first:
        port = int(first.address.split(":")[2].split("/")[0])
        with pytest.raises(UsageError, match=f"port {port} cannot be used"), serving(desk, port):
            pass


def test_an_expected_failure_comes_out_of_another_process_as_it_was_said() -> None:
    with pytest.raises(EvidenceError) as caught:
        in_another_process(faulty)
    assert str(caught.value) == "hw.yaml:1:2: title: is missing"
