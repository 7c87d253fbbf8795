"""`grader doctor` as its user sees it: which walls stand, whether strict runs, and commands that can be copied whole."""

from __future__ import annotations

import json
import venv
from pathlib import Path

import pytest
from typer.testing import CliRunner

from grader.cli.app import app
from grader.sandbox import bubblewrap, leftovers, walls
from grader.sandbox.kernels import Kernels, kernels_of
from grader.sandbox.leftovers import Cleared
from grader.sandbox.walls import IN_A_CONTAINER, WALLS, WallReport

MISSING = {"user": "unshare: Operation not permitted", "pid": "unshare: Operation not permitted", "landlock": "[none] here"}


def doctor(monkeypatch: pytest.MonkeyPatch, *options: str, missing: dict[str, str] = MISSING, outer: str = "") -> str:
    """What it prints on a narrow terminal where these walls are missing."""
    monkeypatch.setattr(walls, "inspect", lambda python: tuple(WallReport(wall, missing.get(wall.name, "")) for wall in WALLS))
    monkeypatch.setattr(bubblewrap, "try_out", lambda python: outer)
    monkeypatch.setattr(leftovers, "clear", lambda: Cleared(2, 1))
    done = CliRunner().invoke(app, ["doctor", *options], env={"COLUMNS": "60"})
    assert done.exit_code == 0, done.output
    return done.output


def test_it_says_whether_strict_runs_and_every_way_to_mend_once_and_unbroken(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = doctor(monkeypatch, outer="bwrap is not installed").splitlines()
    assert lines.count("To mend user, pid:") == lines.count("To mend landlock:") == 1
    assert lines.count(IN_A_CONTAINER) == 1
    assert any(line.startswith(f"3 of {len(WALLS)} walls are missing: `--isolation strict`") for line in lines)
    assert any("[none] here" in line and " NO " in line for line in lines)
    assert any("outer wall" in line and " - " in line and "bwrap is not" in line for line in lines)
    assert any("2 folders and 1 control" in line for line in lines)


def test_where_all_walls_stand_there_is_nothing_to_mend(monkeypatch: pytest.MonkeyPatch) -> None:
    text = doctor(monkeypatch, missing={})
    assert "All walls stand: `--isolation strict`, the default, runs here." in text
    assert "To mend" not in text


def test_as_json_every_wall_has_its_finding_and_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    found = {finding["name"]: finding for finding in json.loads(doctor(monkeypatch, "--json"))}
    assert {wall.name: found[f"wall: {wall.name}"]["works"] for wall in WALLS} == {w.name: w.name not in MISSING for w in WALLS}
    assert found["wall: user"]["mend"].endswith(IN_A_CONTAINER)
    assert found["wall: uts"]["mend"] == ""
    assert found["outer wall: bubblewrap"]["works"] is True


@pytest.mark.parametrize(
    ("kernels", "works", "says"),
    [
        (Kernels((), ("ir", "python3")), True, "kernels: ir, python3"),
        (Kernels(("ipykernel",), ()), None, "not there: ipykernel; python3 -m pip install ipykernel"),
    ],
    ids=["there", "missing"],
)
def test_it_says_whether_kernels_can_run_notebooks(
    monkeypatch: pytest.MonkeyPatch, kernels: Kernels, works: bool | None, says: str
) -> None:
    monkeypatch.setattr("grader.sandbox.kernels.kernels_of", lambda python: kernels)
    found = {finding["name"]: finding for finding in json.loads(doctor(monkeypatch, "--json"))}
    assert (found["runner: jupyter"]["works"], found["runner: jupyter"]["detail"]) == (works, says)


def test_an_interpreters_kernels_are_looked_for_beside_it(tmp_path: Path) -> None:
    venv.EnvBuilder(symlinks=True).create(tmp_path)
    (tmp_path / "share" / "jupyter" / "kernels" / "toy").mkdir(parents=True)
    (tmp_path / "share" / "jupyter" / "kernels" / "toy" / "kernel.json").write_text("{}")
    kernels = kernels_of(str(tmp_path / "bin" / "python"))
    assert kernels.missing == ("nbclient", "ipykernel")
    assert "toy" in kernels.installed
