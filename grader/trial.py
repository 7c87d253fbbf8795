"""Trying a rubric: its reference, an empty submission and mutants of the reference, graded as a class."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from grader.checks import Rubric
from grader.checks.program import ProgramCheck
from grader.errors import UsageError
from grader.intake.submissions import find_submissions
from grader.model.submission import Submission
from grader.oracle import read_reference
from grader.pipeline import Job, grade
from grader.quality.findings import Trial, conclude
from grader.quality.marks import unmutated
from grader.quality.mutants import answering, judging_modules, mutants


def try_rubric(job: Job, at_most: int, seed: int, room: Path) -> Trial:
    """Grade the reference, an empty submission and mutants of the reference as a class in `room` (not `job.sources`).

    Raises:
        UsageError: the rubric has no reference, that has neither a ``solution.py`` nor a program that the rubric names, or a mark
            in it gives no reason.
    """
    reference = read_reference(job.rubric)
    programs = _programs(job.rubric.rubric)
    sources = _sources(reference) if reference else {}
    mains = [name for name in ("solution.py", *programs) if name in sources]
    if reference is None or not mains:
        raise UsageError("a rubric is tried with its reference, and there is no solution.py in one")
    judging = judging_modules(job.rubric.rubric)
    answers = dict.fromkeys(name for main in mains for name in answering(sources, main, judging))
    answering_sources = {name: sources[name] for name in answers}
    try:
        tried = mutants(answering_sources, at_most, seed)
        left_alone = tuple(place for name, source in answering_sources.items() for place in unmutated(name, source))
    except ValueError as error:
        raise UsageError(f"in the reference, {error}") from None
    _copy_reference(reference, room / "class" / "reference", programs, {})
    (room / "class" / "empty").mkdir(parents=True)
    for mutant in tried:
        _copy_reference(reference, room / "class" / f"mutant-{mutant.number}", programs, {mutant.file: mutant.source})
    graded = grade(replace(job, sources=find_submissions(room / "class"), out=room / "out"))
    reports = {r.submission: r for r in graded.report.reports}
    trial = conclude(reports["reference"], reports["empty"], {m: reports[f"mutant-{m.number}"] for m in tried})
    return replace(trial, left_alone=left_alone)


def _programs(rubric: Rubric) -> tuple[str, ...]:
    """The reference's programs whose output a rubric expects."""
    checks = (check for question in rubric.questions for check in question.checks)
    return tuple(dict.fromkeys(check.expect for check in checks if isinstance(check, ProgramCheck) and check.expect))


def _sources(reference: Submission) -> dict[str, str]:
    root = Path(reference.root)
    return {name: (root / name).read_text(encoding="utf-8") for name in reference.files if name.endswith(".py")}


def _copy_reference(reference: Submission, target: Path, programs: Sequence[str], changed: Mapping[str, str]) -> None:
    """The files of a reference but for modules that are no part of it, with the source of some changed."""
    modules = {name for name in reference.files if name.endswith(".py") and "/" not in name}
    left_out = modules - {p.path for p in reference.parts} - set(reference.helpers) - set(programs)
    for name in set(reference.files) - left_out:
        path = target / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if name in changed:
            path.write_text(changed[name], encoding="utf-8")
        else:
            shutil.copyfile(Path(reference.root) / name, path)
