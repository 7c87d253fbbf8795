"""Derivations written from the questions alone, by someone who had not seen the readers: what the check says of each.

Each file of ``tests/corpus/unseen`` lists questions, and for each the texts of several students. A text is right; its ``wrong``
maps an error to the edits that make it. An error counts as found where it is shown in the line of its first edit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

import yaml

from grader.checks.derivation import DerivationCheck
from grader.model.evidence import Capture
from grader.model.values import Section
from grader.model.verdict import Status, Verdict

FOLDER = Path(__file__).parent.parent / "corpus" / "unseen"

Outcome: TypeAlias = Literal["accepted", "rejected", "left open"]


@dataclass(frozen=True)
class Case:
    """One text; ``error`` is what is wrong with it, empty where it is right, and ``line`` where that enters (counted from 1)."""

    file: str
    question: str
    student: str
    text: str
    error: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        return f"{self.file}: {self.question}: {self.student}{': ' * bool(self.error)}{self.error}"


@dataclass(frozen=True)
class Judged:
    """What became of a text, and in which lines errors were shown."""

    case: Case
    verdict: Verdict
    lines: tuple[int, ...]

    @property
    def outcome(self) -> Outcome:
        status, reason = self.verdict.status, self.verdict.reason
        alone = reason.code == "derivation_steps" and not reason.facts["wrong"] and not reason.facts["steps"]
        return "accepted" if status is Status.PASSED or alone else "left open" if status is Status.UNDECIDED else "rejected"


@cache
def cases(series: str) -> tuple[Case, ...]:
    """All texts of the files whose names begin so, in their order."""
    return tuple(case for path in sorted(FOLDER.glob(f"{series}_*.yaml")) for case in _of_file(path))


def _of_file(path: Path) -> Iterator[Case]:
    for question in _questions(path.stem).values():
        for entry in question["texts"]:
            right = Case(path.stem, question["id"], entry["student"], entry["text"])
            yield right
            for error, edits in entry["wrong"].items():
                yield _edited(right, error, edits)


def _edited(right: Case, error: str, edits: list[list[str]]) -> Case:
    """The text with the edits, each of which must have exactly one place."""
    text, lines = right.text, []
    for old, new in edits:
        if text.count(old) != 1:
            raise ValueError(f"{right.name}: {error}: {old!r} stands {text.count(old)} times in the text")
        lines.append(text.count("\n", 0, text.index(old)) + 1)
        text = text.replace(old, new)
    return Case(right.file, right.question, right.student, text, error, min(lines))


@cache
def _questions(stem: str) -> dict[str, Any]:
    entries = yaml.safe_load((FOLDER / f"{stem}.yaml").read_text(encoding="utf-8"))["questions"]
    return {entry["id"]: entry for entry in entries}


@cache
def check(stem: str, question: str) -> DerivationCheck:
    """The check of a question, in which the final formula and the steps count the same."""
    fields = {name: value for name, value in _questions(stem)[question].items() if name not in ("id", "texts")}
    weights = {"final": "1/2", "steps": "1/2"}
    return DerivationCheck.model_validate({"id": question, "points": 1, "weights": weights, **fields})


def judged(case: Case) -> Judged:
    """The verdict on a text that stands under the heading of its question."""
    section = Section(part="homework.md", heading=case.question, text=case.text)
    verdict = check(case.file, case.question).judge((Capture.of(section),), ())
    wrong = (part.facts for part in verdict.parts if part.code == "step" and part.facts["outcome"] == "wrong_here")
    return Judged(case, verdict, tuple(facts["source_line"] for facts in wrong))
