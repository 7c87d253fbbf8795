"""The story, top to bottom: read, plan, run, ask the reference, judge, score, report. No decisions are taken here."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from grader.checks import Rubric
from grader.cluster import Workers, in_processes
from grader.errors import UsageError
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_submission
from grader.grading.score import score
from grader.intake.hand_ins import read_hand_in
from grader.intake.rubrics import LoadedRubric
from grader.intake.submissions import Source
from grader.model.evidence import Evidence, Run
from grader.model.probe import Plan
from grader.model.report import ClassReport, Report
from grader.model.submission import Submission
from grader.oracle import Oracle, data_files, observe, read_reference, reference_digest
from grader.sandbox.base import Sandbox
from grader.sandbox.limited import judge_limited
from grader.store.evidence import evidence_key
from grader.store.run_folder import Entry, Manifest, RunFolder


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened, for whoever shows progress."""

    stage: Literal["reading", "read", "running", "observed", "judging", "reference", "judged", "writing", "written"]
    submission: str = ""
    done: int = 0
    total: int = 0
    seconds: float = 0.0
    stored: bool = False
    """The evidence was there already."""


Listener: TypeAlias = Callable[[Event], None]


@dataclass(frozen=True)
class Job:
    """Everything a grading run needs."""

    rubric: LoadedRubric
    sources: tuple[Source, ...]
    out: Path
    make_sandbox: Callable[[], Sandbox]
    isolation: str
    jobs: int = 1
    """How many are judged at a time."""
    at_once: int = 0
    """How many run at a time, which is not on this machine where sandboxes are not; 0 is `jobs`."""
    data: Path | None = None
    fresh: bool = False
    is_part: bool = False
    """The sources are some of a class: what an earlier run in `out` came to for the others stays."""
    listen: Listener = field(default=lambda _: None)


@dataclass(frozen=True)
class Graded:
    """What a run came to, and whatever it could not do."""

    report: ClassReport
    unseen: tuple[str, ...] = ()
    """Checks that need a new run of the submissions."""
    unasked: int = 0
    """Questions to the reference that need a new run of it."""


def grade(job: Job) -> Graded:
    """Grade a class.

    Raises:
        BoxError: the box cannot be built as demanded.
    """
    folder = RunFolder(job.out)
    rubric = job.rubric.rubric
    data = data_files(job.rubric, job.data)
    plan = plan_submission(rubric, data)
    submissions = _read_class(job)
    reference = read_reference(job.rubric)
    entries = tuple(
        Entry(
            id=s.id,
            digest=s.digest,
            evidence=evidence_key(s, plan, rubric.limits, job.isolation),
            students=s.students,
            handed_in=s.handed_in,
            marked_late=s.marked_late,
        )
        for s in submissions
    )
    others = _others(folder, rubric, {s.id for s in submissions}) if job.is_part else {}
    with Workers(job.make_sandbox, job.at_once or job.jobs) as workers:
        folder.write_manifest(
            Manifest(
                rubric=str(job.rubric.path),
                isolation=job.isolation,
                reference=reference_digest(reference, data),
                entries=tuple(sorted((*entries, *others), key=lambda entry: entry.id)),
            ),
            job.rubric.text,
        )
        graded_class = _Class(folder, rubric, submissions, {e.id: e.evidence for e in entries}, job.jobs, job.listen)
        _observe_class(job, graded_class, workers, plan)
        oracle = Oracle(folder.evidence, reference, rubric, data, workers, job.fresh)
        judged = _judge_class(graded_class, oracle)
    return _write(graded_class, judged, tuple(others.values()))


def regrade(
    out: Path,
    rubric: LoadedRubric,
    jobs: int = 1,
    among: Collection[str] | None = None,
    listen: Listener = lambda _: None,
) -> Graded:
    """Judge stored evidence again, in `jobs` processes; runs nothing. What would need a run is said in the result, never guessed.

    With `among` only these submissions are judged, and what was written of the others stays.

    Raises:
        EvidenceError: `out` is no run folder.
    """
    folder = RunFolder(out)
    manifest = folder.read_manifest()
    entries = [entry for entry in manifest.entries if among is None or entry.id in among]
    stored = {entry.id: folder.evidence.load_submission(entry.digest) for entry in entries}
    submissions = [
        (stored[entry.id] or Submission(id=entry.id, root="", digest=entry.digest)).model_copy(
            update={"id": entry.id, "handed_in": entry.handed_in, "marked_late": entry.marked_late}
        )
        for entry in entries
    ]
    oracle = Oracle(folder.evidence, None, rubric.rubric, (), None, digest=manifest.reference)
    keys = {e.id: e.evidence for e in entries}
    lost = frozenset(sid for sid, submission in stored.items() if submission is None)
    graded_class = _Class(folder, rubric.rubric, submissions, keys, jobs, listen, lost)
    others = tuple(folder.read_report(e.id) for e in manifest.entries if e.id not in keys)
    return _write(graded_class, _judge_class(graded_class, oracle), others)


def _others(folder: RunFolder, rubric: Rubric, graded: Collection[str]) -> dict[Entry, Report]:
    """What an earlier run of this assignment came to for submissions not graded now; those it did not judge are left out."""
    if not folder.has_manifest:
        return {}
    entries = (e for e in folder.read_manifest().entries if e.id not in graded and folder.has_report(e.id))
    reports = {entry: folder.read_report(entry.id) for entry in entries}
    return {entry: report for entry, report in reports.items() if report.assignment == rubric.assignment}


def _read_class(job: Job) -> list[Submission]:
    submissions = []
    for number, source in enumerate(job.sources, start=1):
        submissions.append(read_hand_in(source, job.out / "unpacked", job.rubric.rubric))
        job.listen(Event("reading", source.id, number, len(job.sources)))
    job.listen(Event("read", total=len(submissions)))
    return submissions


def _observe_class(job: Job, one: _Class, workers: Workers, plan: Plan) -> None:
    """See that the evidence of every submission is stored: what is there stays, everything else is run."""
    store, total, done = one.folder.evidence, len(one.submissions), 0

    def note(submission: Submission, seconds: float, stored: bool) -> None:
        nonlocal done
        done += 1
        job.listen(Event("observed", submission.id, done, total, seconds, stored))

    to_run = []
    for submission in one.submissions:
        store.save_submission(submission)
        found = None if job.fresh else store.load(one.keys[submission.id])
        if found is None or found.run.ended == "box_failed":
            to_run.append(submission)
        else:
            note(submission, found.run.seconds, stored=True)

    def run(sandbox: Sandbox, submission: Submission) -> float:
        job.listen(Event("running", submission.id, done, total))
        found = observe(sandbox, plan, submission, one.rubric.limits)
        store.save(one.keys[submission.id], found)
        return found.run.seconds

    for finished in workers.map(run, to_run):
        note(finished.item, finished.result, stored=False)


@dataclass(frozen=True)
class _Class:
    """What was handed in, on its way to the reports. What was observed is read where it is asked for, not held: the evidence of a
    class would take about a megabyte of memory a submission."""

    folder: RunFolder
    rubric: Rubric
    submissions: Sequence[Submission]
    keys: Mapping[str, str]
    """The evidence's key, by submission."""
    jobs: int
    listen: Listener
    lost: frozenset[str] = frozenset()
    """Submissions that are stored no more, so that what was observed of them cannot be judged."""

    def evidence(self, submission: Submission) -> Evidence:
        found = None if submission.id in self.lost else self.folder.evidence.load(self.keys[submission.id])
        gone = Run(ended="box_failed", detail="the stored evidence is not there")
        return found or Evidence(submission=submission.digest, run=gone)


@dataclass(frozen=True)
class _JudgedClass:
    judged: dict[str, Judged]
    unasked: int


def _judge_class(one: _Class, oracle: Oracle) -> _JudgedClass:
    """Judge all; ask the reference what the verdicts need; judge again what had to wait."""
    readings = one.folder.readings()
    corrected = {s.id: {f"{r.question}/{r.check}": r for r in readings if r.submission == s.id} for s in one.submissions}

    def judge(submission: Submission) -> Judged:
        remembering = one.folder.verdicts.of(one.keys[submission.id], judge_limited)
        evidence = one.evidence(submission)
        judged = judge_submission(one.rubric, evidence, oracle.captures, submission, remembering.judge, corrected[submission.id])
        remembering.save()
        return judged

    judged: dict[str, Judged] = {}
    waiting = list(one.submissions)
    while waiting:
        for submission, found in zip(waiting, in_processes(judge, waiting, one.jobs), strict=True):
            judged[submission.id] = found
            one.listen(Event("judging", submission.id, len(judged), len(one.submissions)))
        waiting = [s for s in waiting if judged[s.id].open_probes]
        asked = {p.key: p for s in waiting for p in judged[s.id].open_probes}
        if not asked or not oracle.may_ask:
            break
        one.listen(Event("reference", total=len(asked)))
        oracle.ask(tuple(asked.values()))
        if not asked.keys() <= oracle.captures.keys():
            break
    one.listen(Event("judged", total=len(one.submissions)))
    return _JudgedClass(judged, sum(len(j.open_probes) for j in judged.values()))


def _write(one: _Class, result: _JudgedClass, others: tuple[Report, ...] = ()) -> Graded:
    overrides = one.folder.overrides()
    rubric = one.rubric

    def write(submission: Submission) -> Report:
        evidence = one.evidence(submission)
        report = score(rubric, submission, result.judged[submission.id].verdicts, evidence.run, overrides)
        one.folder.write_student(report, submission, evidence)
        return _without_outputs(report)

    reports = []
    for report in in_processes(write, one.submissions, one.jobs):
        reports.append(report)
        one.listen(Event("writing", report.submission, len(reports), len(one.submissions)))
    graded = ClassReport(
        assignment=rubric.assignment,
        title=rubric.title,
        possible=rubric.points + rubric.bonus,
        bonus=rubric.bonus,
        reports=tuple(sorted((*reports, *others), key=lambda r: r.submission)),
    )
    one.folder.write_class(graded)
    one.listen(Event("written", total=len(reports)))
    unseen = tuple(sorted({name for j in result.judged.values() for name in j.unseen}))
    return Graded(graded, unseen, result.unasked)


def _without_outputs(report: Report) -> Report:
    """The report without what its cells drew, which is stored by now and in no file of the class."""
    cells = tuple(cell.model_copy(update={"outputs": "[]"}) for cell in report.run.cells)
    return report.model_copy(update={"run": report.run.model_copy(update={"cells": cells})})


def only(sources: tuple[Source, ...], ids: Iterable[str]) -> tuple[Source, ...]:
    """The sources with these ids.

    Raises:
        UsageError: there is no submission with one of the ids.
    """
    wanted = set(ids)
    missing = wanted - {s.id for s in sources}
    if missing:
        raise UsageError(f"there is no submission `{sorted(missing)[0]}`; there are {', '.join(s.id for s in sources[:20])}")
    return tuple(s for s in sources if s.id in wanted)
