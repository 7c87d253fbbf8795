"""A class on a Dask cluster: real workers on this machine, most of them with boxes that only read."""

from __future__ import annotations

import hashlib
import json
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from grader import pipeline
from grader.cluster import dask_site, demand
from grader.cluster.setting import Setting
from grader.cluster.sites import open_site
from grader.errors import BoxError, ClusterError
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import find_submissions
from grader.model.evidence import CaptureStatus
from grader.model.probe import Look, Plan
from grader.model.rubric import Limits
from grader.model.student import Student
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Array, Scalar
from grader.sandbox.walls import inspect
from tests import dask_boxes

if TYPE_CHECKING:
    from distributed import LocalCluster

pytestmark = [
    pytest.mark.box,
    pytest.mark.xdist_group("dask"),  # one cluster for all
]

RUBRIC = """\
assignment: hw
title: A homework
reference: reference
points: 2
data: {data.csv: data.csv}
questions:
  - id: "1"
    title: Numbers
    points: 2
    answer: {variables: {x: x, data: data}}
    checks:
      - {id: x, kind: number, of: x, points: 1}
      - {id: data, kind: number, of: data, points: 1}
"""
NAMES = ("aster", "birch", "cedar", "daisy", "elder")
SETTING = Setting(isolation="none")
PLAN = Plan(probes=(Look(names=("x",)),))


@pytest.fixture(scope="module")
def traces(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the boxes of this process and of the workers leave what happened."""
    folder = tmp_path_factory.mktemp("traces")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(dask_boxes.FOLDER, str(folder))
        yield folder


@contextmanager
def started(folder: Path) -> Iterator[LocalCluster]:
    """Two workers of one thread each, under nannies; a task is given up when two workers have died under it."""
    import dask
    from distributed import LocalCluster

    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            dashboard_address="127.0.0.1:0",
            local_directory=str(folder),
            preload=["tests.dask_boxes"],
        ) as found,
    ):
        yield found


@pytest.fixture(scope="module")
def address(traces: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Of a cluster for all tests in which no worker dies."""
    with started(tmp_path_factory.mktemp("workers")) as cluster:
        yield str(cluster.scheduler_address)


@pytest.fixture
def mortal(traces: Path, tmp_path: Path) -> Iterator[str]:
    """Of a cluster of which workers may die: what is left of it is no good for other tests."""
    with started(tmp_path / "workers") as cluster:
        yield str(cluster.scheduler_address)


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A rubric and a class, one of whom is wrong; runs of this process read as well."""
    dask_boxes.take_place(monkeypatch)
    (tmp_path / "hw.yaml").write_text(RUBRIC)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "data.csv").write_text("40")
    (tmp_path / "reference" / "hw.py").write_text("x = 3\n")
    (tmp_path / "reference" / "solution.py").write_text("x = 3\n")
    for number, name in enumerate(NAMES):
        hand_in(tmp_path, name, f"x = {4 if name == 'birch' else 3}\nnumber = {number}\n")
    return tmp_path


def hand_in(course: Path, name: str, text: str) -> Path:
    folder = course / "class" / name
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "hw.py").write_text(text)
    return folder


def grade(course: Path, scheduler: str, out: str) -> list[pipeline.Event]:
    """The class graded into `out`; the events that came."""
    events: list[pipeline.Event] = []
    with open_site(scheduler, SETTING, jobs=0 if scheduler else 2) as site:
        pipeline.grade(
            pipeline.Job(
                rubric=load_rubric(course / "hw.yaml"),
                sources=find_submissions(course / "class"),
                out=course / out,
                make_sandbox=site.sandbox,
                at_once=site.slots,
                isolation=SETTING.isolation,
                listen=events.append,
            )
        )
    return events


def results(out: Path) -> str:
    """results.json without what may differ from run to run."""
    times = {"started", "seconds", "student_seconds"}
    found = json.loads((out / "results.json").read_text())
    for one in found["submissions"]:
        one["run"] = {field: value for field, value in one["run"].items() if field not in times}
    return json.dumps(found)


def handed_in(folder: Path, text: str) -> Submission:
    """One submission for a single run, and who handed it in."""
    (folder / "hw.py").write_text(text)
    part = Part(path="hw.py", kind="module", cells=(Cell(index=0, kind="code", source=text),))
    digest = hashlib.sha256(str(folder).encode()).hexdigest()
    students = (Student(name="Aster Lily"),)
    return Submission(id="aster", root=str(folder), digest=digest, parts=(part,), files=("hw.py",), students=students)


def wait_for(folder: Path, pattern: str) -> list[Path]:
    until = time.monotonic() + 60
    while not (found := list(folder.glob(pattern))):
        assert time.monotonic() < until, f"{pattern} did not come"
        time.sleep(0.02)
    return found


def test_results_and_events_are_those_of_this_machine(course: Path, address: str) -> None:
    local = grade(course, "", "local")
    remote = grade(course, address, "remote")
    assert results(course / "remote") == results(course / "local")
    marks = json.loads(results(course / "remote"))["submissions"]
    assert [(one["id"], one["earned"]) for one in marks] == [(n, 1 if n == "birch" else 2) for n in NAMES]

    def told(events: list[pipeline.Event]) -> list[tuple[str, str]]:
        return sorted((event.stage, event.submission) for event in events)

    assert told(remote) == told(local)


def test_a_second_run_finds_what_was_observed_and_a_fresh_one_finds_the_boxes_warm(
    course: Path, address: str, traces: Path
) -> None:
    boxes, runs = set(traces.glob("box-*")), set(traces.glob("ran-*"))
    grade(course, address, "out")
    ran = len(set(traces.glob("ran-*")) - runs)
    grade(course, address, "out")
    assert len(set(traces.glob("ran-*")) - runs) == ran
    grade(course, address, "again")
    assert len(set(traces.glob("ran-*")) - runs) == 2 * ran
    assert len(set(traces.glob("box-*")) - boxes) <= 2, "a worker of one thread needs one box"


def test_a_submission_under_which_a_worker_dies_is_run_on_another(course: Path, mortal: str, traces: Path) -> None:
    hand_in(course, "cedar", "x = 3\ndies = 1\n")
    before = set(traces.glob("ran-*"))
    events = grade(course, mortal, "out")
    observed = [event.submission for event in events if event.stage == "observed"]
    assert sorted(observed) == sorted(NAMES)
    marks = json.loads(results(course / "out"))["submissions"]
    assert [(one["id"], one["earned"], one["pending"]) for one in marks] == [(n, 1 if n == "birch" else 2, 0) for n in NAMES]
    runs = [path.name.split("-")[1] for path in set(traces.glob("ran-*")) - before]
    assert max(runs.count(digest) for digest in runs) == 2


def test_a_submission_under_which_workers_die_again_and_again_waits_for_a_human(tmp_path: Path, mortal: str) -> None:
    with open_site(mortal, SETTING) as site:
        found = site.sandbox().run(PLAN, handed_in(tmp_path, "dies = 2\n"), Limits())
    assert found.run.ended == "box_failed"
    assert found.run.detail == "2 workers ended while they ran it"
    assert {capture.status for capture in found.captures.values()} == {CaptureStatus.BOX_FAILED}


def test_a_walled_box_stands_on_a_worker_as_it_does_here(tmp_path: Path, address: str) -> None:
    (tmp_path / "notes.txt").write_text("7")
    text = "import numpy as np\nx = np.arange(3.0) + int(open('notes.txt').read())\nprint('seen')\ny = float('nan')\n1 / 0\n"
    submission = handed_in(tmp_path, text).model_copy(update={"files": ("hw.py", "notes.txt")})
    plan = Plan(probes=(Look(names=("x",)), Look(names=("y",)), Look(names=("z",))))
    with open_site(address, Setting(isolation="best")) as site:
        found = site.sandbox().run(plan, submission, Limits())
    x, y, z = (found.captures[probe.key] for probe in plan.probes)
    assert isinstance(x.value, Array)
    assert x.value.data.tolist() == [7.0, 8.0, 9.0]
    assert isinstance(y.value, Scalar)
    assert y.value.value != y.value.value, "NaN comes back as such"
    assert z.status is CaptureStatus.MISSING
    (cell,) = found.run.cells
    assert (cell.stdout, cell.error and cell.error.kind) == ("seen\n", "ZeroDivisionError")
    works = {report.wall.name for report in inspect() if report.works}
    assert {name for name, how in found.run.walls.items() if how == "on"} == works


def test_who_handed_in_stays_here_and_files_come_to_a_folder_of_the_worker(tmp_path: Path, address: str, traces: Path) -> None:
    submission = handed_in(tmp_path, "x = 3\n")
    with open_site(address, SETTING) as site:
        found = site.sandbox().run(PLAN, submission, Limits())
    assert found.captures[PLAN.probes[0].key].status is CaptureStatus.CAPTURED
    (trace,) = traces.glob(f"ran-{submission.digest}-*")
    root, students = trace.read_text().splitlines()
    assert students == "()"
    assert not Path(root).exists()
    assert Path(root) != tmp_path


def test_a_run_that_is_interrupted_is_ended_on_its_worker(tmp_path: Path, address: str, traces: Path) -> None:
    submission = handed_in(tmp_path, "wait = 60\n")
    errors: list[BaseException] = []

    def run(sandbox: Any) -> None:
        try:
            sandbox.run(PLAN, submission, Limits())
        except ClusterError as error:
            errors.append(error)

    with open_site(address, SETTING) as site:
        sandbox = site.sandbox()
        thread = threading.Thread(target=run, args=(sandbox,))
        thread.start()
        wait_for(traces, f"ran-{submission.digest}-*")
        sandbox.close()
        thread.join()
        wait_for(traces, f"ended-{submission.digest}-*")
    assert len(errors) == 1


def test_a_run_does_not_wait_for_ever_when_all_workers_are_gone(
    tmp_path: Path, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_site, "POLL", 0.05)
    monkeypatch.setattr(dask_site, "PATIENCE", 0.1)
    with open_site(address, SETTING) as site:
        assert isinstance(site, dask_site.DaskSite)
        monkeypatch.setattr(site._client, "nthreads", dict)
        sandbox = site.sandbox()
        with pytest.raises(ClusterError, match=r"all workers are gone .* goes on from there"):
            sandbox.run(PLAN, handed_in(tmp_path, "wait = 60\n"), Limits())
        sandbox.close()


def test_a_worker_that_cannot_build_the_box_is_named_with_what_mends_it(address: str) -> None:
    setting = Setting(isolation="strict", imports=(dask_boxes.NO_WALLS,))
    with pytest.raises(BoxError, match=r"worker tcp://127\.0\.0\.1:\d+ cannot be used: isolation strict") as refused:
        open_site(address, setting)
    assert (refused.value.exit_code, refused.value.mend) == (4, "another machine")


@pytest.mark.parametrize(
    ("name", "version", "why"),
    [
        ("versions", {"python": "3.9.1", "torch": "0.1"}, r"it has python 3\.\d+\.\d+, and 3\.9\.1 is here"),
        ("code", "0", "it has a changed grader"),
        ("grader", "0.0.1", r"it has grader \d.*, and 0\.0\.1 is here"),
    ],
    ids=["python", "code", "grader"],
)
def test_a_worker_with_other_versions_is_refused(
    address: str, monkeypatch: pytest.MonkeyPatch, name: str, version: Any, why: str
) -> None:
    real = demand.Demand.of(SETTING)
    other = real.model_copy(update={name: version, "code": "0" if name == "grader" else version if name == "code" else real.code})
    monkeypatch.setattr(demand.Demand, "of", lambda _: other)
    with pytest.raises(ClusterError, match=rf"the worker tcp://\S+ cannot be used: {why}") as refused:
        open_site(address, SETTING)
    assert refused.value.exit_code == 2


def test_libraries_that_decide_little_are_noted(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = demand.Demand.of(SETTING)
    other = real.model_copy(update={"versions": {**real.versions, "numpy": "1.0"}})
    monkeypatch.setattr(demand.Demand, "of", lambda _: other)
    with open_site(address, SETTING) as site:
        assert len(site.notes) == 2
        assert f"numpy {real.versions['numpy']} (1.0 here)" in site.notes[0]


def test_without_the_library_the_command_that_installs_it_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ClusterError, match="needs the library `distributed`") as refused:
        open_site("tcp://127.0.0.1:1", SETTING)
    assert refused.value.mend == f"{sys.executable} -m pip install distributed"


def test_a_wrong_address_is_exit_code_2_and_one_sentence(
    course: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from grader.cli.app import app
    from grader.cli.failures import run

    monkeypatch.setattr(dask_site, "CONNECT", 0.2)
    out = course / "out"
    arguments = ["grade", course / "hw.yaml", course / "class", "-o", out, "--scheduler", "tcp://127.0.0.1:1"]
    monkeypatch.setattr(sys, "argv", ["grader", *map(str, arguments)])
    assert run(app) == 2
    assert capsys.readouterr().err.startswith("error: no scheduler answers at tcp://127.0.0.1:1: ")
    assert not out.exists()


@pytest.mark.parametrize("text", ["{}", "not JSON", '{"address": 3}'], ids=["no-address", "no-json", "no-text"])
def test_a_file_that_is_no_scheduler_file_is_said_to_be_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ClusterError, match=r"s\.json is no scheduler file: "):
        open_site(str(tmp_path / "s.json"), SETTING)


def test_a_scheduler_file_leads_to_the_cluster(tmp_path: Path, address: str) -> None:
    (tmp_path / "s.json").write_text(json.dumps({"address": address}))
    with open_site(str(tmp_path / "s.json"), SETTING) as site:
        assert (site.slots, site.notes) == (2, ())
