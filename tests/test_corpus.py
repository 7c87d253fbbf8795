"""Sample classes through the whole path, in the real box: every verdict of every submission is the one thought out by hand.

Each file in `tests/corpus/` tells, for one assignment, what the verdicts must be. The class is graded once a test session.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parent.parent
CORPORA = sorted((ROOT / "tests" / "corpus").glob("*.yaml"))
REPEATED = "thu-intro-dl-a2"
"""The class that is graded twice, and killed."""

pytestmark = pytest.mark.box


def corpus(assignment: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "tests" / "corpus" / f"{assignment}.yaml").read_text())
    return found


def command(assignment: str, out: Path, *more: str) -> list[str]:
    data = corpus(assignment)
    code = "from grader.cli import main; main()"
    return [sys.executable, "-c", code, "grade", data["rubric"], data["submissions_folder"], "-o", str(out), *more]


def grade(assignment: str, out: Path, *more: str) -> dict[str, Any]:
    done = subprocess.run(
        [*command(assignment, out, *more), "--json"], capture_output=True, text=True, check=False, cwd=ROOT, timeout=400
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results: dict[str, Any] = json.loads(done.stdout)
    return results


class Graded:
    """Sample classes, each graded once in a test process: `results.json` and the folder it is in."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        self._factory = factory
        self._found: dict[str, dict[str, Any]] = {}

    def __getitem__(self, assignment: str) -> dict[str, Any]:
        if assignment not in self._found:
            out = self._factory.mktemp(assignment)
            self._found[assignment] = {"results": grade(assignment, out), "out": out}
        return self._found[assignment]


@pytest.fixture(scope="session")
def graded(tmp_path_factory: pytest.TempPathFactory) -> Graded:
    return Graded(tmp_path_factory)


def of_class(assignment: str, *more: str) -> Any:
    """A case that shares the graded class with all others of its assignment."""
    return pytest.param(assignment, *more, marks=pytest.mark.xdist_group(f"corpus-{assignment}"))


CLASSES = [of_class(path.stem) for path in CORPORA]
CASES = [of_class(path.stem, name) for path in CORPORA for name in corpus(path.stem)["submissions"]]


def verdicts(one: dict[str, Any]) -> dict[str, str]:
    """``question/check`` to ``status``, with the credit where it is partial, and the mistake where one is named."""
    found = {}
    for question in one["questions"]:
        for check in question["checks"]:
            words = [check["status"]]
            if check["status"] == "partial":
                words.append(str(Fraction(check["credit"])))
            if check["mistake"]:
                words.append(check["mistake"])
            found[f"{question['id']}/{check['id']}"] = " ".join(words)
    return found


def expected(assignment: str, submission: str) -> dict[str, str]:
    data = corpus(assignment)
    case = data["submissions"][submission]
    return {**data[case["base"]], **case["differs"]}


@pytest.mark.parametrize(("assignment", "submission"), CASES)
def test_every_verdict_is_the_one_thought_out(graded: Graded, assignment: str, submission: str) -> None:
    (one,) = [s for s in graded[assignment]["results"]["submissions"] if s["id"] == submission]
    seen, wanted = verdicts(one), expected(assignment, submission)
    differing = {name: (seen.get(name), wanted.get(name)) for name in wanted | seen if seen.get(name) != wanted.get(name)}
    assert differing == {}, "check: (seen, wanted)"


@pytest.mark.parametrize("assignment", CLASSES)
def test_every_submission_of_the_class_has_its_row(graded: Graded, assignment: str) -> None:
    rows = [s["id"] for s in graded[assignment]["results"]["submissions"]]
    assert rows == sorted(corpus(assignment)["submissions"])
    for name in rows:
        folder = graded[assignment]["out"] / "students" / name
        assert {"feedback.html", "feedback.md", "result.json"} <= {p.name for p in folder.iterdir()}


@pytest.mark.parametrize("assignment", CLASSES)
def test_every_mistake_of_the_rubric_occurs_in_the_class(graded: Graded, assignment: str) -> None:
    rubric = yaml.safe_load((ROOT / corpus(assignment)["rubric"]).read_text())
    named = {
        (q["id"], c["id"], m.get("id") or m.get("expect"))
        for q in rubric["questions"]
        for c in q["checks"]
        for m in c.get("mistakes", ())
    }
    seen = {
        (q["id"], c["id"], c["mistake"])
        for s in graded[assignment]["results"]["submissions"]
        for q in s["questions"]
        for c in q["checks"]
        if c["mistake"]
    }
    assert sorted(named - seen) == []


def without_runs(results: dict[str, Any]) -> str:
    for one in results["submissions"]:
        one.pop("run")
    return json.dumps(results)


@pytest.mark.xdist_group(f"corpus-{REPEATED}")
def test_two_fresh_runs_of_the_same_class_give_the_same_results(graded: Graded, tmp_path: Path) -> None:
    """Only part of the class, without the cell that never ends: the rest is the same code."""
    assignment = REPEATED
    names = sorted(corpus(assignment)["submissions"])[:3]
    again = grade(assignment, tmp_path, *(f"--only={n}" for n in names))
    first = json.loads((graded[assignment]["out"] / "results.json").read_text())
    first["submissions"] = [s for s in first["submissions"] if s["id"] in names]
    assert without_runs(again) == without_runs(first)


@pytest.mark.xdist_group(f"corpus-{REPEATED}")
def test_a_run_that_is_killed_goes_on_and_loses_nothing(graded: Graded, tmp_path: Path) -> None:
    assignment = REPEATED
    names = sorted(corpus(assignment)["submissions"])[:4]
    only = [f"--only={n}" for n in names]
    process = subprocess.Popen(
        [*command(assignment, tmp_path, *only, "--jobs=1"), "--json"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120

    def stored() -> list[str]:
        return sorted(p.name for p in (tmp_path / "evidence").glob("????????????????????????????????.json"))

    while not stored() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.05)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    kept = {name: (tmp_path / "evidence" / name).stat().st_mtime_ns for name in stored()}
    assert 1 <= len(kept) < len(names)
    again = grade(assignment, tmp_path, *only)
    assert [s["id"] for s in again["submissions"]] == names
    assert {name: (tmp_path / "evidence" / name).stat().st_mtime_ns for name in kept} == kept
    first = json.loads((graded[assignment]["out"] / "results.json").read_text())
    first["submissions"] = [s for s in first["submissions"] if s["id"] in names]
    assert without_runs(again) == without_runs(first)
