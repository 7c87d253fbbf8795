"""The whole path with a sandbox that answers from tables: what is run once, what is kept, and what a row needs."""

from __future__ import annotations

import errno
import json
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from grader import pipeline
from grader.checks.literals import to_value
from grader.errors import BoxError, UsageError, WriteError
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import find_submissions
from grader.model.evidence import Capture, Evidence
from grader.model.probe import Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Value
from grader.oracle import data_files
from grader.sandbox.base import Sandbox
from grader.sandbox.fake import FakeSandbox
from grader.sandbox.plain import PlainSandbox
from grader.trial import try_rubric

RUBRIC = """\
assignment: hw
title: A homework
reference: reference
points: 3
questions:
  - id: "1"
    title: Numbers
    points: 3
    answer: {heading: Why, variables: {x: x, y: y}}
    checks:
      - {id: x, kind: number, of: x, points: 1, rtol: 0.01}
      - {id: y, kind: number, of: y, points: 1, follow_through: {from: [x], using: y_of, credit: 1/2}}
      - {id: why, kind: manual, points: 1, criteria: [{says: a reason}]}
"""
VALUES = {"reference": {"x": 3.0, "y": 9.0}, "aster": {"x": 3.0, "y": 9.0}, "birch": {"x": 2.0, "y": 4.0}, "cedar": {}}


def answers(probe: Probe, submission: Submission) -> Capture | Value | None:
    names = getattr(probe, "names", ())
    if names == ("y_of",):
        (case,) = probe.cases  # type: ignore[union-attr]
        value = case.args[0].value  # type: ignore[union-attr]
        from grader.model.values import Calls, Outcome

        return Calls(outcomes=(Outcome(value=to_value(float(value or 0) ** 2)),))
    found = next((VALUES[submission.id][n] for n in names if n in VALUES[submission.id]), None)
    return None if found is None else to_value(found)


class Boxes:
    """Fake sandboxes that count what they ran."""

    def __init__(self, answer: Callable[[Probe, Submission], Capture | Value | None] = answers) -> None:
        self.answer = answer
        self.ran: list[str] = []

    def make(self) -> Sandbox:
        outer = self

        class Counting(FakeSandbox):
            def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
                outer.ran.append(submission.id)
                return super().run(plan, submission, limits)

        return Counting(self.answer)


@pytest.fixture
def course(tmp_path: Path) -> Path:
    (tmp_path / "hw.yaml").write_text(RUBRIC)
    (tmp_path / "reference").mkdir()
    (tmp_path / "reference" / "solution.py").write_text("x = 3.0\ny = x**2\n")
    for name in ("aster", "birch", "cedar"):
        folder = tmp_path / "class" / name
        folder.mkdir(parents=True)
        (folder / "hw.py").write_text(f"# {name}\nx = 1\n")
    (tmp_path / "class" / "aster" / "report.md").write_text("# Why\nBecause it is so by definition.\n")
    return tmp_path


def job(course: Path, boxes: Boxes, **more: object) -> pipeline.Job:
    return pipeline.Job(
        rubric=load_rubric(course / "hw.yaml"),
        sources=find_submissions(course / "class"),
        out=course / "out",
        make_sandbox=boxes.make,
        isolation="none",
        jobs=2,
        **more,  # type: ignore[arg-type]
    )


def totals(graded: pipeline.Graded) -> dict[str, tuple[Fraction, Fraction]]:
    return {r.submission: (r.earned, r.pending) for r in graded.report.reports}


def test_a_class_is_graded_with_follow_through_and_pending_points(course: Path) -> None:
    graded = pipeline.grade(job(course, Boxes()))
    assert totals(graded) == {"aster": (2, 1), "birch": (Fraction(1, 2), 0), "cedar": (0, 0)}
    assert (graded.unseen, graded.unasked) == ((), 0)


def test_every_file_of_a_run_is_there(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    out = course / "out"
    for name in ("results.json", "gradebook.csv", "gradebook.sqlite", "index.html"):
        assert (out / name).stat().st_size > 0
    for name in ("feedback.html", "feedback.md", "result.json", "executed.ipynb"):
        assert (out / "students" / "birch" / name).stat().st_size > 0


def without_times(out: Path) -> str:
    data = json.loads((out / "results.json").read_text())
    for one in data["submissions"]:
        one.pop("run")
    return json.dumps(data)


def test_the_same_input_twice_runs_nothing_again_and_gives_the_same_results(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    first = without_times(course / "out")
    boxes = Boxes()
    pipeline.grade(job(course, boxes))
    assert boxes.ran == []
    assert without_times(course / "out") == first


@pytest.mark.parametrize("how", ["a zip", "a download"])
def test_a_full_disk_ends_the_run_and_is_no_fault_of_the_submission_that_was_unpacked(
    course: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    name = "asterlily_501_88_hw.py" if how == "a download" else "hw.py"
    shutil.rmtree(course / "class")
    (course / "class").mkdir()
    with zipfile.ZipFile(course / "class" / "dill.zip", "w") as bundle:
        bundle.writestr(name, "x = 1\n" * 99)
    source = course / "class" if how == "a zip" else course / "class" / "dill.zip"
    written = Path.open

    def full(path: Path, mode: str = "r", *rest: object, **more: object) -> object:
        if "w" in mode:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written(path, mode, *rest, **more)  # type: ignore[call-overload]

    asked = replace(job(course, Boxes()), sources=find_submissions(source))
    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(WriteError, match="No space left on device"):
        pipeline.grade(asked)


def test_grading_some_of_a_class_keeps_what_an_earlier_run_came_to_for_the_others(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    whole = without_times(course / "out")
    boxes = Boxes()
    some = pipeline.only(find_submissions(course / "class"), ["birch"])
    graded = pipeline.grade(replace(job(course, boxes, fresh=True, is_part=True), sources=some))
    assert set(boxes.ran) - {"reference"} == {"birch"}
    assert len(graded.report.reports) == 3
    assert without_times(course / "out") == whole
    assert totals(pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))) == totals(graded)


def test_some_of_a_class_are_graded_alone_where_no_run_or_one_of_another_assignment_was(course: Path) -> None:
    some = pipeline.only(find_submissions(course / "class"), ["birch"])
    part = replace(job(course, Boxes(), is_part=True), sources=some)
    assert set(totals(pipeline.grade(part))) == {"birch"}
    pipeline.grade(job(course, Boxes()))
    (course / "hw.yaml").write_text(RUBRIC.replace("assignment: hw", "assignment: hw2"))
    assert set(totals(pipeline.grade(replace(part, rubric=load_rubric(course / "hw.yaml"))))) == {"birch"}


def test_a_listener_hears_of_every_submission_at_every_stage(course: Path) -> None:
    heard: list[pipeline.Event] = []
    pipeline.grade(job(course, Boxes(), listen=heard.append))
    for stage in ("reading", "running", "observed", "judging", "writing"):
        assert {e.submission for e in heard if e.stage == stage} == {"aster", "birch", "cedar"}, stage
    assert [e.done for e in heard if e.stage in ("reading", "observed", "writing")] == [1, 2, 3] * 3
    heard.clear()
    pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"), listen=heard.append)
    assert [e.done for e in heard if e.stage == "writing"] == [1, 2, 3]


@pytest.mark.parametrize("lost", ["submissions/*.json", "????????????????????????????????.json"], ids=["submission", "evidence"])
def test_what_is_stored_no_more_waits_for_a_person_and_is_no_zero(course: Path, lost: str) -> None:
    pipeline.grade(job(course, Boxes()))
    files = list((course / "out" / "evidence").glob(lost))
    assert len(files) == 3
    for file in files:
        file.unlink()
    again = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))
    assert totals(again) == {"aster": (0, 3), "birch": (0, 3), "cedar": (0, 3)}


def test_a_run_that_broke_off_goes_on_with_what_is_missing(course: Path) -> None:
    def breaking(probe: Probe, submission: Submission) -> Capture | Value | None:
        if submission.id == "cedar":
            raise KeyboardInterrupt
        return answers(probe, submission)

    broken = Boxes(breaking)
    with pytest.raises(KeyboardInterrupt):
        pipeline.grade(job(course, broken))
    done = set(broken.ran) - {"cedar"}
    boxes = Boxes()
    graded = pipeline.grade(job(course, boxes))
    assert done
    assert done.isdisjoint(boxes.ran)
    assert totals(graded)["cedar"] == (0, 0)
    assert len(graded.report.reports) == 3


def test_a_changed_submission_is_run_again_and_others_are_not(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    (course / "class" / "birch" / "hw.py").write_text("x = 2\n")
    boxes = Boxes()
    pipeline.grade(job(course, boxes))
    assert boxes.ran == ["birch"]


def test_regrading_runs_nothing_and_follows_the_changed_rubric(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    (course / "hw.yaml").write_text(RUBRIC.replace("rtol: 0.01", "rtol: 0.5"))
    graded = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))
    assert totals(graded)["birch"] == (Fraction(3, 2), 0)


def test_regrading_says_what_would_need_a_run(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    (course / "hw.yaml").write_text(RUBRIC.replace("x: x,", "x: other,"))
    graded = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))
    assert graded.unseen == ("1/x",)
    check = graded.report.reports[0].questions[0].checks[0]
    assert (check.earned, check.verdict.reason.code) == (None, "not_observed")


def test_regrading_leaves_open_what_the_reference_was_never_asked(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    (course / "hw.yaml").write_text(RUBRIC.replace("rtol: 0.01", "rtol: 0.01, expect: z"))
    graded = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))
    assert graded.unasked > 0
    assert graded.report.reports[0].questions[0].checks[0].verdict.reason.code == "reference_not_asked"


def test_a_correction_by_a_human_is_applied_at_the_next_regrade(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    line = {
        "submission": "aster",
        "question": "1",
        "check": "why",
        "points": "1/2",
        "author": "TA",
        "reason": "thin",
        "time": "t",
    }
    (course / "out" / "overrides.jsonl").write_text(json.dumps(line) + "\n")
    graded = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"))
    assert totals(graded)["aster"] == (Fraction(5, 2), 0)


def test_regrading_some_judges_these_and_keeps_what_was_written_of_the_others(course: Path) -> None:
    pipeline.grade(job(course, Boxes()))
    (course / "hw.yaml").write_text(RUBRIC.replace("rtol: 0.01", "rtol: 0.5").replace("credit: 1/2", "credit: 3/4"))
    kept = (course / "out" / "students" / "aster" / "result.json").stat().st_mtime_ns
    graded = pipeline.regrade(course / "out", load_rubric(course / "hw.yaml"), among={"birch"})
    assert totals(graded) == {"aster": (2, 1), "birch": (Fraction(7, 4), 0), "cedar": (0, 0)}
    assert (course / "out" / "students" / "aster" / "result.json").stat().st_mtime_ns == kept
    assert "birch,1.75" in (course / "out" / "gradebook.csv").read_text()


def test_a_box_that_breaks_is_tried_once_more_and_then_raised(course: Path) -> None:
    calls: list[str] = []

    def once(probe: Probe, submission: Submission) -> Capture | Value | None:
        if submission.id == "birch" and not calls:
            calls.append("broken")
            raise BoxError("lost")
        return answers(probe, submission)

    assert totals(pipeline.grade(job(course, Boxes(once))))["birch"] == (Fraction(1, 2), 0)

    def always(probe: Probe, submission: Submission) -> Capture | Value | None:
        raise BoxError("no box")

    with pytest.raises(BoxError, match="no box"):
        pipeline.grade(job(course, Boxes(always), fresh=True))


def test_parts_the_assignment_does_not_accept_are_named_and_not_run(course: Path) -> None:
    (course / "hw.yaml").write_text("accepts: [notebook, report]\n" + RUBRIC)
    boxes = Boxes()
    graded = pipeline.grade(job(course, boxes))
    assert set(boxes.ran) <= {"reference"}
    assert [f.code for f in graded.report.reports[1].faults] == ["not_accepted"]


def test_data_from_another_folder_takes_the_place_of_the_shipped(course: Path) -> None:
    (course / "reference" / "a.csv").write_text("1\n")
    (course / "hw.yaml").write_text("data: {a.csv: a.csv}\n" + RUBRIC)
    loaded = load_rubric(course / "hw.yaml")
    (own,) = data_files(loaded, None)
    other = course / "other"
    other.mkdir()
    with pytest.raises(UsageError, match="holds none of the data files"):
        data_files(loaded, other)
    (other / "a.csv").write_text("2\n")
    (put,) = data_files(loaded, other)
    assert put.digest != own.digest


def test_ids_that_are_not_there_are_refused(course: Path) -> None:
    sources = find_submissions(course / "class")
    assert [s.id for s in pipeline.only(sources, ["birch"])] == ["birch"]
    with pytest.raises(UsageError, match="there is no submission `brich`"):
        pipeline.only(sources, ["brich"])


def test_a_rubric_is_tried_with_its_reference_an_empty_submission_and_mutants(course: Path, tmp_path: Path) -> None:
    (course / "hw.yaml").write_text(
        RUBRIC.replace("      - {id: why, kind: manual, points: 1, criteria: [{says: a reason}]}\n", "").replace(
            "points: 3", "points: 2"
        )
    )
    (course / "reference" / "make_data.py").write_text("raise SystemExit\n")

    def run(probe: Probe, submission: Submission) -> Capture | Value | None:
        """What running the module would give: the values its source assigns."""
        room: dict[str, float] = {}
        for part in submission.parts:
            exec("".join(c.source for c in part.cells), room)  # the sources are those written above
        return next((to_value(room[n]) for n in getattr(probe, "names", ()) if n in room), None)

    trial = try_rubric(job(course, Boxes(run)), at_most=10, seed=0, room=tmp_path / "room")
    assert (trial.reference, trial.empty, trial.reference_lost) == (2, 0, ())
    assert trial.is_good
    assert {m.what for m in trial.caught} == {"3.0 became 6.0", "`**` became `*`", "2 became 3"}
    assert trial.survived == ()


@pytest.mark.box
def test_a_rubric_of_programs_is_tried_with_the_references_programs(tmp_path: Path) -> None:
    (tmp_path / "hw.yaml").write_text(PROGRAMS)
    (tmp_path / "reference").mkdir()
    add = "import sys\n\nif len(sys.argv) < 3:\n    sys.exit(2)\nprint(float(sys.argv[1]) + float(sys.argv[2]))\n"
    (tmp_path / "reference" / "add.py").write_text(add)
    (tmp_path / "reference" / "wrong.py").write_text("import sys\n\nprint(float(sys.argv[1]) * float(sys.argv[2]))\n")
    tried = pipeline.Job(load_rubric(tmp_path / "hw.yaml"), (), tmp_path / "out", PlainSandbox, "none")
    trial = try_rubric(tried, at_most=2, seed=1, room=tmp_path / "room")
    assert (trial.reference, trial.empty, trial.reference_lost) == (3, 0, ())
    assert "`+` became `-`" in {m.what for m in trial.caught}
    for name, source in {"multiplies": "wrong.py", "adds": "add.py"}.items():
        (tmp_path / "class" / name).mkdir(parents=True)
        (tmp_path / "class" / name / "sum.py").write_text((tmp_path / "reference" / source).read_text())
    graded = pipeline.grade(replace(tried, sources=find_submissions(tmp_path / "class")))
    assert {r.submission: r.earned for r in graded.report.reports} == {"adds": 3, "multiplies": 1}


PROGRAMS = """\
assignment: hw
title: Programs
reference: reference
points: 3
questions:
  - id: "1"
    title: Adding
    points: 3
    answer: {files: {program: [add.py, sum.py]}}
    checks:
      - {id: add, kind: program, of: program, run: "python {file} 2 3", points: 2, expect: add.py, compare: tokens,
         mistakes: [{expect: wrong.py, says: They were multiplied., credit: 1/2}]}
      - {id: usage, kind: program, of: program, run: "python {file}", points: 1, exit_code: 2}
"""
