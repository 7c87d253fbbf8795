"""The reference as the oracle: read and run like a submission, its answers kept; and what one run observes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path

from grader.checks import Rubric
from grader.cluster import Workers
from grader.errors import BoxError, UsageError
from grader.grading.plan import plan_reference
from grader.intake.rubrics import LoadedRubric
from grader.intake.sections import read_sections
from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Capture, CaptureStatus, Evidence, Run
from grader.model.probe import DataFile, Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox.base import Sandbox
from grader.store.evidence import EvidenceStore

PROBES_AT_ONCE = 400
"""How many probes one run of the reference answers at most: it bounds the memory that carried values take."""
PROBES_AT_LEAST = 25
"""How many it answers where there are more: each run of the reference costs the time its own code takes."""


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


def reference_digest(reference: Submission | None, data: Iterable[DataFile]) -> str:
    """What the stored answers of a reference go by: its bytes and those of its data."""
    parts = [reference.digest if reference else "", *(f"{f.name}:{f.digest}" for f in data)]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


class Oracle:
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
        self.digest = digest or reference_digest(reference, data)
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
