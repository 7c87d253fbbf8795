"""Which kernel runs a notebook."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from grader.sandbox.inside.jupyter import specs
from grader.sandbox.inside.libraries import Lacking

OURS = ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"]
INSTALLED = {
    "python3": {"argv": OURS, "language": "python"},
    "frozen": {"argv": [sys.executable, "-Xfrozen_modules=off", *OURS[1:]], "language": "python"},
    "tuned": {"argv": OURS, "language": "python", "env": {"OMP_NUM_THREADS": "4"}},
    "other": {"argv": ["/opt/other/bin/python", *OURS[1:]], "language": "python"},
    "ir": {"argv": ["R", "--args", "{connection_file}", "{unknown}"], "language": "R", "interrupt_mode": "message"},
}
FORK = specs.Spec("python")


@pytest.fixture(autouse=True)
def _installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, spec in INSTALLED.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "kernel.json").write_text(json.dumps({"display_name": name, **spec}), encoding="utf-8")
    monkeypatch.setattr(specs, "FOLDERS", (str(tmp_path),))


@pytest.mark.parametrize(
    ("wanted", "named", "language"),
    [
        ("", "", "python"),
        ("", "python3", "python"),
        ("", "frozen", "python"),
        ("", "of-the-authors-machine", "python"),
        ("", "ir", "python"),
        ("python3", "ir", "r"),
        ("python", "other", "python"),
    ],
    ids=["nothing named", "ours", "ours with an option", "unknown", "of another language", "wanted", "wanted as such"],
)
def test_a_fork_of_the_courses_python_will_do(wanted: str, named: str, language: str) -> None:
    assert specs.choose(wanted, named, language) == FORK


@pytest.mark.parametrize(
    ("wanted", "named", "language", "found"),
    [
        ("ir", "python3", "python", "r"),
        ("", "ir", "r", "r"),
        ("", "unknown", "r", "r"),
        ("", "other", "python", "python"),
        ("tuned", "", "python", "python"),
    ],
    ids=["wanted", "named", "by its language", "another python", "with its own environment"],
)
def test_others_are_begun_by_their_command(wanted: str, named: str, language: str, found: str) -> None:
    spec = specs.choose(wanted, named, language)
    assert (spec.language, bool(spec.command), spec.by_message) == (found, True, found == "r")


def test_a_command_gets_what_it_has_places_for_and_our_interpreter_for_python() -> None:
    assert specs.choose("ir", "", "").words("c.json") == ["R", "--args", "c.json", "{unknown}"]
    assert specs.choose("tuned", "", "").words("c.json")[0] == sys.executable


@pytest.mark.parametrize(("wanted", "language"), [("julia-1", "python"), ("", "julia")], ids=["wanted", "of the language"])
def test_what_is_not_installed_is_told_with_what_is(wanted: str, language: str) -> None:
    with pytest.raises(Lacking, match=r"julia.*frozen, ir, other, python3, tuned; `jupyter kernelspec install"):
        specs.choose(wanted, "julia-1", language)


def test_without_ipykernel_no_python_kernel_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(specs, "load", lambda name: None)
    with pytest.raises(Lacking, match=r"ipykernel.*-m pip install ipykernel"):
        specs.choose("", "python3", "python")
