"""The student kit: all its files, made from a rubric, an instructor's notebook or module if there is one, and the reference."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grader.checks import Rubric
from grader.errors import UsageError
from grader.grading.items import items_of
from grader.grading.sealed import seal
from grader.intake.kit import KIT_FILE, Kit, write_kit
from grader.intake.rubrics import LoadedRubric
from grader.model.evidence import Capture
from grader.oracle import data_files
from grader.release.leaks import Leak, find_leaks, gather
from grader.release.public import is_public, is_self_contained, public_rubric, write_yaml
from grader.release.readme import student_readme
from grader.release.skeleton import Skeleton, module_skeleton, notebook_skeleton
from grader.release.stubs import program_names, program_skeleton, rubric_skeleton
from grader.release.workflows import github_workflow, gitlab_workflow

RUBRIC = "checks/rubric.yaml"
SEALED = "checks/sealed.json"
TEXTS = (".py", ".md", ".ipynb")
"""Files of these kinds are searched for answers, those of the reference and those that students are given."""


@dataclass(frozen=True)
class StudentKit:
    """The files of a kit by path, and what is worth telling about it."""

    files: Mapping[str, bytes]
    skeleton: str
    solutions: int
    public: tuple[str, ...]
    """Checks that students have, as ``question/check``."""
    later: tuple[str, ...]
    """Checks that they do not have."""
    leaks: tuple[Leak, ...]


def make_kit(
    loaded: LoadedRubric,
    instructor: Path | None,
    answers: Mapping[str, Capture],
    salt_of: Callable[[str], str],
    toolkit: str = "",
    seal_choices: bool = False,
) -> StudentKit:
    """The kit of an assignment. `answers` are the reference's captures; `salt_of` gives a fresh random salt for a check.

    `toolkit` is ``owner/name@ref``, where CI and students get this toolkit; `seal_choices` lets a kit tell whether the right
    option was chosen.

    Raises:
        UsageError: the instructor's file cannot be made a skeleton of.
    """
    rubric = loaded.rubric
    programs = program_names(rubric) if instructor is None else ()
    named = _skeleton(loaded, instructor)
    name, skeleton = named.name, named.skeleton
    sealed = _sealed(loaded, answers, salt_of, seal_choices)
    names = [item.name for item in items_of(rubric)]
    public = tuple(item.name for item in items_of(rubric) if is_public(item.question, item.check))
    decided = {item.name for item in items_of(rubric) if is_self_contained(item.question, item.check)} | set(sealed["answers"])
    texts = {
        "README.md": student_readme(rubric, programs or (name,), public, decided, toolkit),
        name: skeleton.text,
        **{program: program_skeleton(rubric, program) for program in programs},
        RUBRIC: write_yaml(_document(rubric)),
        KIT_FILE: write_kit(_kit_file(rubric, "." if programs else name, bool(sealed["answers"]))),
        ".github/workflows/grade.yml": github_workflow(toolkit),
        ".gitlab-ci.yml": gitlab_workflow(toolkit),
        ".gitignore": "grader-results/\n.ipynb_checkpoints/\n__pycache__/\n",
    }
    if sealed["answers"]:
        texts[SEALED] = json.dumps(sealed, indent=1) + "\n"
    data = {file.name: Path(file.path).read_bytes() for file in data_files(loaded, None)}
    shown = {name: content.decode("utf-8", "replace") for name, content in data.items() if name.endswith(TEXTS)}
    handed_out = [*shown.values(), *([skeleton.text] if instructor else [])]
    secrets = gather(rubric, _reference_texts(loaded), answers, handed_out)
    return StudentKit(
        files={**{path: text.encode() for path, text in texts.items()}, **data},
        skeleton=name,
        solutions=skeleton.solutions,
        public=public,
        later=tuple(n for n in names if n not in public),
        leaks=find_leaks({**{p: t for p, t in texts.items() if p != SEALED}, **shown}, secrets),
    )


def write_files(kit: StudentKit, folder: Path) -> None:
    """Write the kit into a new or empty folder.

    Raises:
        UsageError: something is in the folder already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty: a kit goes into a folder of its own")
    for name, content in kit.files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass(frozen=True, slots=True)
class _Named:
    """A skeleton and the file it becomes."""

    name: str
    skeleton: Skeleton


def _skeleton(loaded: LoadedRubric, instructor: Path | None) -> _Named:
    if instructor is None and (programs := program_names(loaded.rubric)):
        return _Named(programs[0], Skeleton(program_skeleton(loaded.rubric, programs[0]), 0))
    if instructor is None:
        return _Named(f"{loaded.rubric.assignment}.ipynb", rubric_skeleton(loaded.rubric))
    try:
        data = instructor.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {instructor}: {error.strerror or error}") from error
    if instructor.suffix == ".ipynb":
        return _Named(instructor.name, notebook_skeleton(data, str(instructor)))
    if instructor.suffix != ".py":
        raise UsageError(f"{instructor} is neither a notebook (.ipynb) nor a module (.py)")
    return _Named(instructor.name, module_skeleton(data.decode("utf-8-sig", "replace"), str(instructor)))


def _sealed(
    loaded: LoadedRubric, answers: Mapping[str, Capture], salt_of: Callable[[str], str], with_choices: bool
) -> dict[str, Any]:
    """The sealed answers; those of choices, which few tries find, only where they are asked for."""
    sealed = seal(loaded.rubric, answers, salt_of)
    left_out = () if with_choices else [name for name, one in sealed["answers"].items() if one["form"] == "choice"]
    return {**sealed, "answers": {name: one for name, one in sealed["answers"].items() if name not in left_out}}


def _document(rubric: Rubric) -> dict[str, Any]:
    """The public rubric as it stands in the kit: the data files lie above it."""
    document = public_rubric(rubric)
    return {**document, "data": {file: f"../{file}" for file in rubric.data}} if rubric.data else document


def _kit_file(rubric: Rubric, file: str, has_seals: bool) -> Kit:
    return Kit(assignment=rubric.assignment, rubric=RUBRIC, file=file, sealed=SEALED if has_seals else "")


def _reference_texts(loaded: LoadedRubric) -> dict[str, str]:
    """The reference's own texts, by name; those that students are given are none."""
    if loaded.reference is None:
        return {}
    given = {Path(file.path) for file in data_files(loaded, None)}
    paths = sorted(p for p in loaded.reference.rglob("*") if p.suffix in TEXTS and p.is_file() and p.resolve() not in given)
    return {p.relative_to(loaded.reference).as_posix(): p.read_text(encoding="utf-8", errors="replace") for p in paths}
