"""A skeleton made from the rubric alone: each question's task under its heading, and a place for each answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from grader.checks import Question, Rubric
from grader.checks.program import ProgramCheck
from grader.release.public import is_made_of_blanks
from grader.release.regions import BODY_PROMPT, TEXT_PROMPT
from grader.release.skeleton import Cell, Skeleton, write_notebook


def rubric_skeleton(rubric: Rubric) -> Skeleton:
    """A notebook with the rubric's questions."""
    cells = [Cell("markdown", _front(rubric)), Cell("code", _loading(rubric))]
    for question in rubric.questions:
        cells += _question(question)
    return Skeleton(write_notebook([c for c in cells if c.source]), 0)


def program_names(rubric: Rubric) -> tuple[str, ...]:
    """The programs of an assignment that asks for nothing but files; none for any other."""
    answers = [question.answer for question in rubric.questions]
    if any((*a.variables, *a.functions, *a.classes, *a.figures) for a in answers):
        return ()
    checks = ((question.answer, check) for question in rubric.questions for check in question.checks)
    found = (answer.files[check.of][0] for answer, check in checks if isinstance(check, ProgramCheck) and check.of)
    return tuple(dict.fromkeys(name for name in found if not re.search(r"[*?\[]", name)))


def program_skeleton(rubric: Rubric, name: str) -> str:
    """A program in which everything is still to be written."""
    tasks = [question for question in rubric.questions if any(name in names for names in question.answer.files.values())]
    lines = [line for question in tasks for line in (question.title, *question.text.strip().splitlines(), "")]
    mark = "#" if name.endswith((".py", ".sh", ".r", ".R", ".jl")) else "//"
    return "\n".join([*(f"{mark} {line}".rstrip() for line in lines), f"{mark} your code here", ""])


def _front(rubric: Rubric) -> str:
    lines = [f"# {rubric.title}", "", f"{points(rubric.points)} points" + _bonus(rubric) + "."]
    lines += ["", "Keep the headings and the names of variables, functions and classes: by them your answers are found."]
    return "\n".join(lines)


def points(value: Fraction) -> str:
    """Points as people write them: ``2``, ``0.5``."""
    return f"{float(value):g}"


def _bonus(rubric: Rubric) -> str:
    return f" and {points(rubric.bonus)} bonus" if rubric.bonus else ""


def _loading(rubric: Rubric) -> str:
    lines = ["import numpy as np"]
    if any(question.answer.classes for question in rubric.questions):
        lines.append("import torch")
    if rubric.data:
        lines += ["", f"# beside this notebook: {', '.join(rubric.data)}"]
    return "\n".join(lines)


def _question(question: Question) -> list[Cell]:
    """The task under its title, then the answer's heading: nothing of the task stands where the answer is read."""
    worth = f"{points(question.points)} {'point' if question.points == 1 else 'points'}"
    head = f"## {question.title}\n\n*{worth}{', bonus' if question.bonus else ''}*"
    place = f"### {heading_of(question)}" + (f"\n\n{TEXT_PROMPT}" if asks_for_words(question) else "")
    cells = [Cell("markdown", "\n\n".join(part for part in (head, question.text.strip()) if part)), Cell("markdown", place)]
    if code := "\n".join(_places(question)).strip("\n"):
        cells.append(Cell("code", code))
    return cells


def heading_of(question: Question) -> str:
    """The heading under which this question's answer is looked for."""
    return question.answer.headings[0] if question.answer.headings else question.id


def asks_for_words(question: Question) -> bool:
    """Whether a part of the answer is written: a person or a text check reads it, or there is no other place for it."""
    is_written = bool(question.answer.blanks) or any(check.kind in ("manual", "text") for check in question.checks)
    return is_written or not question.answer.places


def _places(question: Question) -> Iterator[str]:
    answer = question.answer
    for names in _asked(question, answer.functions):
        yield f"def {names[0]}({signature(names[0], question.text)}):\n    {BODY_PROMPT}\n\n"
    for names in _asked(question, answer.classes):
        yield f"class {names[0]}{bases(question)}:\n    ...  # your code here\n\n"
    variables = [names for place, names in answer.variables.items() if not is_made_of_blanks(question, place)]
    open_places = [f"# {names[0]} = ..." for names in (*variables, *answer.figures.values())]
    if open_places:  # as comments: a name bound to nothing would hide an answer given in words or drawn under the heading
        yield "\n".join(["# your answers here:", *open_places])
    for names in answer.files.values():
        yield f"# save your file as {names[0]}"


def _asked(question: Question, places: Mapping[str, tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The functions or classes that a student defines: no attributes of others, and nothing that is made of blanks."""
    return [names for place, names in places.items() if names[0].isidentifier() and not is_made_of_blanks(question, place)]


def bases(question: Question) -> str:
    """The base class of a class that the question asks for: networks are modules of torch."""
    return "(torch.nn.Module)" if any(check.kind in ("network", "cost_table") for check in question.checks) else ""


def signature(name: str, text: str) -> str:
    """The arguments as the task shows them (``name(a, b)``); any, where it does not show them."""
    shown = re.search(rf"\b{re.escape(name)}\(([A-Za-z_][\w\s,=.*-]*)\)", text)
    return " ".join(shown[1].split()) if shown and is_arguments(shown[1]) else "*arguments"


def is_arguments(text: str) -> bool:
    """Whether this may stand between the brackets of a ``def``."""
    return all(re.fullmatch(r"\s*\*{0,2}[A-Za-z_]\w*(\s*=\s*[\w.-]+)?\s*", part) for part in text.split(","))
