"""The README of a kit, for students. No heading of it may be taken for that of a question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from grader.checks import Rubric
from grader.release.stubs import points
from grader.release.workflows import address


def student_readme(
    rubric: Rubric, skeletons: Sequence[str], checked: Iterable[str], decided: Iterable[str], toolkit: str = ""
) -> str:
    """What to do, how to check it, and what is looked at later.

    `checked` are the public checks, as ``question/check``; of those not among `decided` only the form can be checked.
    `toolkit` is ``owner/name@ref``, where it is known.
    """
    names = dict.fromkeys(checked, "")
    names |= dict.fromkeys(names.keys() - set(decided), " (its form)")
    lines = [
        f"**{rubric.title}**: {points(rubric.points)} points"
        + (f" and {points(rubric.bonus)} bonus" if rubric.bonus else "")
        + (f", due {rubric.due.isoformat(sep=' ', timespec='minutes')}" if rubric.due else "")
        + ".",
        "",
        f"Work in {', '.join(f'`{name}`' for name in skeletons)}. Keep the headings and the names of files, variables, functions "
        "and classes: answers are found by them.",
        *_data(rubric),
        *_late(rubric),
        "",
        "### Check your work",
        "",
        *_installing(toolkit),
        "",
        "```",
        "grader check                  # all questions",
        f"grader check --question {rubric.questions[0].id}   # one of them",
        "```",
        "",
        "It runs your work on your own machine and says what is not right and where to look. The answers are not in this folder.",
        "Where the folder is a repository on GitHub or GitLab, the same happens at every push.",
        "",
        "| question | points | you can check |",
        "|---|---:|---|",
        *(_row(rubric, index, names) for index in range(len(rubric.questions))),
        "",
        "What you cannot check is looked at after you have handed in: by a person, or by checks that are not public.",
    ]
    return "\n".join(lines) + "\n"


def _installing(toolkit: str) -> list[str]:
    """How the command comes to a student's machine."""
    needs = "into the environment in which your work runs (Python 3.11 or newer)"
    if not toolkit:
        return [f"Install `grader`, as your course says, {needs}. Then, in this folder:"]
    return [
        f"Install `grader` once, {needs}:",
        "",
        "```",
        f'python -m pip install "{address(toolkit)}"',
        "```",
        "",
        "Then, in this folder:",
    ]


def _data(rubric: Rubric) -> list[str]:
    if not rubric.data:
        return []
    return ["", f"Data, beside the notebook: {', '.join(f'`{name}`' for name in rubric.data)}."]


def _late(rubric: Rubric) -> list[str]:
    late = rubric.late
    if late is None:
        return []
    grace = f" after {spoken(late.grace)} of grace" if late.grace else ""
    cap = f", at most {float(late.cap * 100):.4g}%" if late.cap < 1 else ""
    return ["", f"Late{grace}, each day begun costs {float(late.loss_per_day * 100):.4g}% of the points{cap}."]


def spoken(seconds: float) -> str:
    """A time as people say it: ``15 minutes``, ``2 hours``."""
    return f"{seconds / 3600:g} hours" if seconds >= 7200 else f"{seconds / 60:g} minutes"


def _row(rubric: Rubric, index: int, checked: Mapping[str, str]) -> str:
    question = rubric.questions[index]
    found = [(check.title or check.id, f"{question.id}/{check.id}") for check in question.checks]
    shown = [title + checked[name] for title, name in found if name in checked]
    bonus = " (bonus)" if question.bonus else ""
    return f"| {question.id} {question.title}{bonus} | {points(question.points)} | {'; '.join(shown) or '–'} |".replace("\n", " ")
