"""A student's own check: the same story for one piece of work, with the reference or without it."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from pydantic import ValidationError

from grader.checks import Rubric
from grader.errors import UsageError
from grader.grading.alone import judge_alone, narrowed, not_live, plan_alone
from grader.grading.judge import Judged, judge_submission
from grader.grading.plan import plan_reference, plan_submission
from grader.grading.score import score
from grader.grading.sealed import Sealed
from grader.intake.file_names import JUNK, is_taken
from grader.intake.hand_ins import accepted
from grader.intake.kit import KIT_FILE, FoundKit, find_kit, read_kit
from grader.intake.nearest import did_you_mean
from grader.intake.rubrics import LoadedRubric, load_rubric
from grader.intake.sections import read_sections
from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Capture, Evidence
from grader.model.probe import Plan
from grader.model.report import Report
from grader.model.submission import Submission
from grader.oracle import data_files, observe, read_reference
from grader.sandbox.base import Sandbox

Stage: TypeAlias = Literal["reading", "running", "reference", "judging"]
RUBRICS = (".yaml", ".yml")
MOST_BESIDE, LARGEST_BESIDE = 200, 256 * 2**20
"""Files beside the checked one, and their bytes, that are laid along with it."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """What is checked, and by what."""

    rubric: LoadedRubric
    file: Path
    sealed: Sealed | None = None
    data: Path | None = None
    files: tuple[Path, ...] = ()
    """The assignment's own files: when one changes, it is read again."""


def find_assignment(given: Sequence[Path], start: Path) -> Assignment:
    """The assignment for what was named on the command line: a rubric, a file, both, or nothing.

    What is not named comes from the `grader.toml` beside the file, or beside `start`, or above.

    Raises:
        UsageError: something is missing or faulty.
    """
    start = next((path.parent for path in given if path.name == KIT_FILE), start)
    given = [path for path in given if path.name != KIT_FILE]
    rubric = _only([path for path in given if path.suffix.lower() in RUBRICS], "rubric")
    file = _only([path for path in given if path.suffix.lower() not in RUBRICS], "file")
    if file is not None and not file.exists():
        raise UsageError(f"there is no file {file}")
    beside = start if file is None else file if file.is_dir() else file.parent
    kit = find_kit(beside) if rubric is None or file is None else None
    if kit is None and rubric is None:
        raise UsageError(f"there is no {KIT_FILE} in {beside.resolve()} or above", mend="grader check RUBRIC FILE")
    if kit is None and file is None:
        raise UsageError("say which notebook or module to check", mend=f"grader check {rubric} FILE")
    found = rubric or (kit.rubric if kit else None)
    work = file or (kit.file if kit else None)
    assert found is not None
    assert work is not None
    if not work.exists():
        raise UsageError(f"there is no file {work}, which {KIT_FILE} names", mend="grader check FILE")
    return _read_assignment(found, work, kit)


def _only(paths: Sequence[Path], what: str) -> Path | None:
    if len(paths) > 1:
        raise UsageError(f"{paths[0]} and {paths[1]}: one {what} is checked at a time", mend="grader check RUBRIC FILE")
    return paths[0] if paths else None


def _read_assignment(rubric: Path, file: Path, kit: FoundKit | None) -> Assignment:
    sealed = kit.sealed if kit is not None else None
    files = [rubric, *([kit.folder / KIT_FILE] if kit is not None else []), *([sealed] if sealed is not None else [])]
    return Assignment(
        rubric=load_rubric(rubric),
        file=file,
        sealed=read_sealed(sealed) if sealed is not None else None,
        data=kit.data if kit is not None else None,
        files=tuple(files),
    )


def read_sealed(path: Path) -> Sealed:
    """The sealed answers in a file.

    Raises:
        UsageError: it cannot be read, or holds none.
    """
    try:
        return Sealed.model_validate(json.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UsageError(f"cannot read the sealed answers {path}: {error.strerror or error}") from error
    except (ValidationError, ValueError) as error:
        raise UsageError(f"{path} holds no sealed answers") from error


def only_questions(assignment: Assignment, wanted: Sequence[str]) -> Assignment:
    """The assignment with these questions only, and those that they need.

    Raises:
        UsageError: there is no such question.
    """
    rubric = assignment.rubric.rubric
    ids = [question.id for question in rubric.questions]
    for name in wanted:
        if not narrowed(rubric, (name,)).questions:
            hint = did_you_mean(name, ids)
            raise UsageError(f"there is no question `{name}`" + (f": {hint}" if hint else f"; there are {', '.join(ids)}"))
    return replace(assignment, rubric=replace(assignment.rubric, rubric=narrowed(rubric, wanted))) if wanted else assignment


def read_work(file: Path, rubric: Rubric) -> Submission:
    """The student's work: a folder as a whole, a file with what it may need of its folder."""
    with TemporaryDirectory(prefix="grader-unpacked-", ignore_cleanup_errors=True) as room:
        if file.suffix.lower() == ".zip":
            raise UsageError(f"{file} is a zip: unpack it and check what is in it")
        found = accepted(read_submission(Source(file.resolve().stem or "work", file), Path(room)), rubric)
    if file.is_dir():
        return found
    beside = files_beside(file)
    digest = hashlib.sha256(found.digest.encode())
    for name in beside:
        digest.update(f"{name}:".encode() + (file.parent / name).read_bytes())
    return found.model_copy(
        update={
            "files": (*found.files, *beside),
            "helpers": (*found.helpers, *(name for name in beside if name.endswith(".py") and "/" not in name)),
            "digest": digest.hexdigest() if beside else found.digest,
        }
    )


def files_beside(file: Path) -> tuple[str, ...]:
    """The files that are laid along with a checked one: all of a kit's folder, as it is handed in, if that is not too much; else
    the modules beside it.
    """
    folder = file.parent
    kit = read_kit(folder / KIT_FILE) if (folder / KIT_FILE).is_file() else None
    names = _below(folder) if kit is not None else None
    if names is None:
        names = [path.name for path in sorted(folder.glob("*.py")) if path.is_file()][:MOST_BESIDE]
    own = {file.name} | ({KIT_FILE, kit.rubric, kit.sealed} if kit is not None else set())
    return tuple(name for name in names if name not in own)


def _below(folder: Path) -> list[str] | None:
    """The plain files below a folder, without hidden ones and environments; None where they are too many or too large."""
    names, size = [], 0
    for above, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in JUNK)
        if "pyvenv.cfg" in files:
            folders.clear()
            continue
        for path in (Path(above, name) for name in sorted(files) if not name.startswith(".")):
            if path.is_file() and not path.is_symlink() and is_taken(PurePosixPath(path.name)):
                names.append(path.relative_to(folder).as_posix())
                size += path.stat().st_size
        if len(names) > MOST_BESIDE or size > LARGEST_BESIDE:
            return None
    return names


def content_of(submission: Submission) -> str:
    """A digest of what can change an observation: cells and other files, but no outputs of a notebook."""
    read = {part.path for part in submission.parts if part.kind == "notebook"}
    digest = hashlib.sha256("".join(part.model_dump_json() for part in submission.parts).encode())
    for name in submission.files:
        if name not in read:
            digest.update(f"{name}:".encode() + hashlib.sha256((Path(submission.root) / name).read_bytes()).digest())
    return digest.hexdigest()


@dataclass
class Checker:
    """Checks an assignment as often as asked: runs only what changed, and asks the reference a question once."""

    sandbox: Sandbox
    isolation: str = "none"
    listen: Callable[[Stage], None] = field(default=lambda _: None)
    _evidence: dict[str, Evidence] = field(default_factory=dict)
    _oracle: dict[str, Capture] = field(default_factory=dict)

    def check(self, assignment: Assignment) -> Report:
        """The report of the work as it is now."""
        self.listen("reading")
        rubric = assignment.rubric.rubric
        submission = read_work(assignment.file, rubric)
        reference = read_reference(assignment.rubric)
        make_plan = plan_alone if reference is None else plan_submission
        plan = make_plan(rubric, data_files(assignment.rubric, assignment.data))
        key = _digest(content_of(submission), plan.model_dump_json(exclude={"probes"}), *(p.key for p in plan.probes))
        if key not in self._evidence:
            self.listen("running")
            self._evidence = {key: observe(self.sandbox, plan, submission, rubric.limits)}
        evidence = self._evidence[key]
        if reference is None:
            judged = judge_alone(rubric, evidence, assignment.sealed, submission)
        else:
            judged = self._judge(rubric, evidence, reference, plan, submission)
        return score(rubric, submission, judged.verdicts, evidence.run)

    def _judge(self, rubric: Rubric, evidence: Evidence, reference: Submission, plan: Plan, work: Submission) -> Judged:
        """Judge with the reference, which is asked until there is nothing more to ask."""
        while True:
            self.listen("judging")
            judged = judge_submission(rubric, evidence, self._oracle, work)
            asked = tuple(p for p in judged.open_probes if p.key not in self._oracle)
            if not asked:
                return judged
            self.listen("reference")
            limits = rubric.limits.model_copy(update={"wall": rubric.limits.wall + 2.0 * len(asked)})
            answers = observe(self.sandbox, plan_reference(rubric, asked, plan.data), reference, limits).captures
            self._oracle |= answers
            if not {p.key for p in asked} <= self._oracle.keys():
                return judged


def check_live(sandbox: Sandbox, assignment: Assignment) -> Report:
    """The report of a session as it is now, without the reference; texts are read from the notebook as last saved."""
    rubric = assignment.rubric.rubric
    try:
        submission = read_work(assignment.file, rubric)
    except (OSError, UsageError):
        submission = Submission(id="session", root="", digest="")
    plan = plan_alone(rubric)
    found = sandbox.run(plan, submission, rubric.limits)
    evidence = found.model_copy(update={"captures": {**found.captures, **read_sections(submission, plan.for_reading)}})
    judged = judge_alone(rubric, evidence, assignment.sealed, submission)
    return score(rubric, submission, not_live(judged), evidence.run)


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
