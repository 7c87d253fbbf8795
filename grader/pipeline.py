"""The story, top to bottom: read, plan, run, ask the reference, judge, score, report. No decisions are taken here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, TypeAlias

from grader.checks import Rubric
from grader.cluster import Workers, in_processes
from grader.errors import BoxError, UsageError
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_reference, plan_submission
from grader.grading.score import score
from grader.intake.blanks import with_blanks
from grader.intake.report_code import with_code
from grader.intake.rubrics import LoadedRubric
from grader.intake.sections import read_sections
from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import DataFile, Plan, Probe
from grader.model.report import ClassReport, Report
from grader.model.rubric import Limits
from grader.model.submission import Fault, Submission
from grader.sandbox.base import Sandbox
from grader.sandbox.limited import judge_limited
from grader.store.evidence import EvidenceStore, evidence_key
from grader.store.run_folder import Entry, Manifest, RunFolder

PROBES_AT_ONCE = 400
"""How many probes one run of the reference answers at most: it bounds the memory that carried values take."""
PROBES_AT_LEAST = 25
"""How many it answers where there are more: each run of the reference costs the time its own code takes."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something happened, for whoever shows progress."""

    stage: Literal["read", "running", "observed", "judging", "reference", "judged"]
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
    data: Path | None = None
    fresh: bool = False
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
    submissions = [_read(source, job) for source in job.sources]
    job.listen(Event("read", total=len(submissions)))
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
    with Workers(job.make_sandbox, job.jobs) as workers:
        folder.write_manifest(
            Manifest(
                rubric=str(job.rubric.path),
                isolation=job.isolation,
                reference=_reference_digest(reference, data),
                entries=entries,
            ),
            job.rubric.text,
        )
        evidence = _observe_class(job, folder, workers, plan, submissions, entries)
        oracle = _Oracle(folder.evidence, reference, rubric, data, workers, job.fresh)
        graded_class = _Class(folder, rubric, submissions, evidence, {e.id: e.evidence for e in entries}, job.jobs, job.listen)
        judged = _judge_class(graded_class, oracle)
    return _write(graded_class, judged)


def regrade(out: Path, rubric: LoadedRubric, jobs: int = 1) -> Graded:
    """Judge stored evidence again, in `jobs` processes; runs nothing. What would need a run is said in the result, never guessed.

    Raises:
        EvidenceError: `out` is no run folder.
    """
    folder = RunFolder(out)
    manifest = folder.read_manifest()
    submissions, evidence = [], {}
    for entry in manifest.entries:
        submission = folder.evidence.load_submission(entry.digest)
        found = folder.evidence.load(entry.evidence)
        if submission is None or found is None:
            submission = submission or Submission(id=entry.id, root="", digest=entry.digest)
            found = Evidence(submission=entry.digest, run=Run(ended="box_failed", detail="the stored evidence is not there"))
        known = {"id": entry.id, "handed_in": entry.handed_in, "marked_late": entry.marked_late}
        submissions.append(submission.model_copy(update=known))
        evidence[entry.id] = found
    oracle = _Oracle(folder.evidence, None, rubric.rubric, (), None, digest=manifest.reference)
    keys = {e.id: e.evidence for e in manifest.entries}
    graded_class = _Class(folder, rubric.rubric, submissions, evidence, keys, jobs, lambda _: None)
    return _write(graded_class, _judge_class(graded_class, oracle))


def data_files(rubric: LoadedRubric, folder: Path | None) -> tuple[DataFile, ...]:
    """The data files the rubric names, from `folder` where it has them, else from beside the reference.

    Raises:
        UsageError: `folder` has none of them.
    """
    found = []
    for name, relative in rubric.rubric.data.items():
        own = folder / name if folder is not None else None
        path = own if own is not None and own.is_file() else (rubric.reference or rubric.path.parent) / relative
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        found.append(DataFile(name=name, path=str(path.resolve()), digest=digest))
    if folder is not None and not any((folder / name).is_file() for name in rubric.rubric.data):
        raise UsageError(
            f"{folder} holds none of the data files of this rubric: {', '.join(rubric.rubric.data) or 'it names none'}"
        )
    return tuple(found)


def read_reference(rubric: LoadedRubric) -> Submission | None:
    """The reference solution as a submission; its main part is ``solution``, other modules are helpers."""
    if rubric.reference is None:
        return None
    found = read_submission(Source("reference", rubric.reference), rubric.reference)
    main = [p for p in found.parts if p.kind == "document" or Path(p.path).stem == "solution"]
    return found.model_copy(update={"parts": tuple(main)})


def observe(sandbox: Sandbox, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
    """Run one submission and read it: all the evidence a plan asks for. A box that breaks is tried once more."""
    read = read_sections(submission, plan.for_reading)
    has_program = plan.runs_programs and submission.files
    if not has_program and not any(p.kind != "document" for p in submission.parts):
        found = _nothing_to_run(plan, submission)
    else:
        try:
            found = sandbox.run(plan, submission, limits)
        except BoxError:
            found = sandbox.run(plan, submission, limits)
    return found.model_copy(update={"captures": {**found.captures, **read}})


def _nothing_to_run(plan: Plan, submission: Submission) -> Evidence:
    captures = {p.key: Capture(status=CaptureStatus.MISSING, looked_for=getattr(p, "names", ())) for p in plan.for_box}
    return Evidence(submission=submission.digest, captures=captures, run=Run(ended="nothing_to_run"))


def _read(source: Source, job: Job) -> Submission:
    """The submission; whatever keeps it from being read becomes a fault of it, so that every student gets a row."""
    try:
        return accepted(read_submission(source, job.out / "unpacked"), job.rubric.rubric)
    except (OSError, ValueError, RecursionError, MemoryError) as error:
        why = getattr(error, "strerror", "") or str(error) or type(error).__name__
        fault = Fault(path=source.path.name, code="unreadable", text=f"The submission cannot be read: {why}.")
        digest = hashlib.sha256(f"unreadable:{source.id}".encode()).hexdigest()
        return Submission(
            id=source.id,
            root=str(source.path),
            digest=digest,
            faults=(fault,),
            handed_in=source.handed_in,
            marked_late=source.marked_late,
            students=source.students,
        )


def accepted(submission: Submission, rubric: Rubric) -> Submission:
    """The submission without the parts that the assignment does not accept, each of which becomes a fault of it, and with what is
    made of its filled-in blanks."""
    kind_of = {"notebook": "notebook", "module": "module", "document": "report"}
    refused = [p for p in submission.parts if kind_of[p.kind] not in rubric.accepts]
    text = f"This assignment takes {', '.join(rubric.accepts)}; the file was not looked at."
    taken = submission.model_copy(
        update={
            "parts": tuple(p for p in submission.parts if p not in refused),
            "faults": submission.faults + tuple(Fault(path=p.path, code="not_accepted", text=text) for p in refused),
        }
    )
    return with_code(with_blanks(taken, rubric), rubric)


def _observe_class(
    job: Job, folder: RunFolder, workers: Workers, plan: Plan, submissions: Sequence[Submission], entries: Sequence[Entry]
) -> dict[str, Evidence]:
    key_of = {e.id: e.evidence for e in entries}
    limits = job.rubric.rubric.limits
    evidence: dict[str, Evidence] = {}

    def note(submission: Submission, found: Evidence, stored: bool) -> None:
        evidence[submission.id] = found
        job.listen(Event("observed", submission.id, len(evidence), len(submissions), found.run.seconds, stored))

    to_run = []
    for submission in submissions:
        folder.evidence.save_submission(submission)
        found = None if job.fresh else folder.evidence.load(key_of[submission.id])
        if found is None or found.run.ended == "box_failed":
            to_run.append(submission)
        else:
            note(submission, found, stored=True)

    def run(sandbox: Sandbox, submission: Submission) -> Evidence:
        job.listen(Event("running", submission.id, len(evidence), len(submissions)))
        found = observe(sandbox, plan, submission, limits)
        folder.evidence.save(key_of[submission.id], found)
        return found

    for one in workers.map(run, to_run):
        note(one.item, one.result, stored=False)
    return evidence


def _reference_digest(reference: Submission | None, data: Iterable[DataFile]) -> str:
    parts = [reference.digest if reference else "", *(f"{f.name}:{f.digest}" for f in data)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class _Oracle:
    """What the reference answered, stored; asks it for more where that is allowed (`workers` are given)."""

    def __init__(
        self,
        store: EvidenceStore,
        reference: Submission | None,
        rubric: Rubric,
        data: tuple[DataFile, ...],
        workers: Workers | None,
        fresh: bool = False,
        digest: str = "",
    ) -> None:
        self.store, self.reference, self.rubric, self.data, self._workers = store, reference, rubric, data, workers
        self.digest = digest or _reference_digest(reference, data)
        self.captures = {} if fresh else store.load_reference(self.digest)

    @property
    def may_ask(self) -> bool:
        return self._workers is not None and self.reference is not None

    def ask(self, probes: Sequence[Probe]) -> None:
        """Run the reference for these probes, some at a time in every worker, and store what it answers."""
        if self._workers is None or self.reference is None:
            return
        share = -(-len(probes) // self._workers.jobs)
        size = min(max(share, PROBES_AT_LEAST), PROBES_AT_ONCE)
        for one in self._workers.map(self._answers, [tuple(probes[i : i + size]) for i in range(0, len(probes), size)]):
            self.captures |= one.result
        self.store.save_reference(self.digest, self.captures)

    def _answers(self, sandbox: Sandbox, probes: tuple[Probe, ...]) -> dict[str, Capture]:
        assert self.reference is not None
        plan = plan_reference(self.rubric, probes, self.data)
        limits = self.rubric.limits.model_copy(update={"wall": self.rubric.limits.wall + 2.0 * len(plan.probes)})
        return dict(observe(sandbox, plan, self.reference, limits).captures)


@dataclass(frozen=True)
class _Class:
    """What was handed in and observed, on its way to the reports."""

    folder: RunFolder
    rubric: Rubric
    submissions: Sequence[Submission]
    evidence: Mapping[str, Evidence]
    keys: Mapping[str, str]
    """The evidence's key, by submission."""
    jobs: int
    listen: Listener


@dataclass(frozen=True)
class _JudgedClass:
    judged: dict[str, Judged]
    unasked: int


def _judge_class(one: _Class, oracle: _Oracle) -> _JudgedClass:
    """Judge all; ask the reference what the verdicts need; judge again what had to wait."""
    readings = one.folder.readings()
    corrected = {s.id: {f"{r.question}/{r.check}": r for r in readings if r.submission == s.id} for s in one.submissions}

    def judge(submission: Submission) -> Judged:
        remembering = one.folder.verdicts.of(one.keys[submission.id], judge_limited)
        evidence, its_readings = one.evidence[submission.id], corrected[submission.id]
        judged = judge_submission(one.rubric, evidence, oracle.captures, submission, remembering.judge, its_readings)
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


def _write(one: _Class, result: _JudgedClass) -> Graded:
    overrides = one.folder.overrides()
    rubric = one.rubric

    def write(submission: Submission) -> Report:
        evidence = one.evidence[submission.id]
        report = score(rubric, submission, result.judged[submission.id].verdicts, evidence.run, overrides)
        one.folder.write_student(report, submission, evidence)
        return report

    reports = in_processes(write, one.submissions, one.jobs)
    report = ClassReport(
        assignment=rubric.assignment,
        title=rubric.title,
        possible=rubric.points + rubric.bonus,
        bonus=rubric.bonus,
        reports=tuple(sorted(reports, key=lambda r: r.submission)),
    )
    one.folder.write_class(report)
    unseen = tuple(sorted({name for j in result.judged.values() for name in j.unseen}))
    return Graded(report, unseen, result.unasked)


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
