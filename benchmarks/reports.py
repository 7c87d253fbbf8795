"""Reports graded as they were handed in, item by item beside what a careful human says of them.

``python benchmarks/reports.py FOLDER [--data DIR] [-o PAGE]``: `FOLDER` holds the texts, each with a name that begins with one of
the names in ``reports.yaml``; `DIR` holds data files of an assignment in a folder of its name. The page has values, verdicts and
our own words, and no text of a report.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import yaml

from grader.intake.rubrics import load_rubric
from grader.intake.submissions import find_submissions
from grader.model.report import CheckReport
from grader.model.verdict import Reason, Status
from grader.pipeline import Job, grade
from grader.sandbox.factory import make_sandbox

HERE = Path(__file__).parent
HUMANS = HERE / "reports.yaml"
JUDGED = ("reads", "absent")
"""What a human says where no verdict follows from the text: it is a matter of judgement, or the text does not have it."""
MOST_NUMBERS = 4


@dataclass(frozen=True)
class Item:
    """One check of one report: what was read, what the machine says, and what a human says."""

    name: str
    read: str
    machine: str
    human: str
    why: str

    @property
    def agreement(self) -> str:
        """``agrees``, ``left to a human`` with good reason, ``open`` where a human can decide, or ``differs``."""
        is_left = self.machine == Status.UNDECIDED.value
        if is_left:
            return "left to a human" if self.human in JUDGED else "open"
        return "agrees" if self.machine == self.human else "differs"


def humans() -> dict[str, dict[str, Any]]:
    """What a human says, by report."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(HUMANS.read_text(encoding="utf-8"))
    return found


def graded(report: str, rubric: str, text: Path, data: Path | None) -> Iterator[CheckReport]:
    """The checks of one text, handed in alone."""
    with tempfile.TemporaryDirectory() as room:
        folder = Path(room) / "class" / report
        folder.mkdir(parents=True)
        (folder / "report.txt").write_text(text.read_text(encoding="utf-8"), encoding="utf-8")
        job = Job(
            rubric=load_rubric(HERE.parent / "rubrics" / f"{rubric}.yaml"),
            sources=find_submissions(folder.parent),
            out=Path(room) / "out",
            make_sandbox=partial(make_sandbox, "strict"),
            isolation="strict",
            data=data / rubric if data is not None and (data / rubric).is_dir() else None,
        )
        (found,) = grade(job).report.reports
    for question in found.questions:
        for check in question.checks:
            yield check.model_copy(update={"id": f"{question.id}/{check.id}"})


def items(report: str, human: Mapping[str, Any], text: Path, data: Path | None) -> list[Item]:
    """Every check of a report beside what a human says.

    Raises:
        SystemExit: a human says nothing of a check, or something of what is none.
    """
    says = {name: (group["verdict"], group.get("why", "")) for group in human["says"] for name in group["items"]}
    found = [
        Item(check.id, _read(check), _verdict(check), *says.pop(check.id, ("", "")))
        for check in graded(report, human["rubric"], text, data)
    ]
    if says or not all(item.human for item in found):
        unknown = [*says, *(item.name for item in found if not item.human)]
        raise SystemExit(f"{HUMANS.name}, {report}: not in both: {', '.join(unknown)}")
    return found


def _verdict(check: CheckReport) -> str:
    """Status and mistake; the credit of a partial verdict is the rubric's affair."""
    return f"{check.verdict.status.value} {check.verdict.mistake}".strip()


def _read(check: CheckReport) -> str:
    """The values that were read, without any words of the report."""
    verdict = check.verdict
    values = [_value(note.facts["read"]) for note in verdict.notes if note.code == "read_from_text"]
    if any(note.code == "code_of_report" for note in verdict.notes):
        values.insert(0, "code, run")
    if any(note.code == "blanks" for note in verdict.notes):
        values.insert(0, "a blank, run")
    return "; ".join(dict.fromkeys(values)) or _kind_of_reading(check.kind, verdict.reason)


def _value(read: object) -> str:
    if isinstance(read, float):
        return f"{read:.6g}"
    if isinstance(read, list | tuple):
        if all(isinstance(each, list | tuple) for each in read) and read:
            return f"{len(read)} x {len(read[0])} numbers"
        shown = ", ".join(map(_value, read[:MOST_NUMBERS]))
        return f"{shown}, ..." if len(read) > MOST_NUMBERS else shown
    return str(read) if len(str(read)) <= 20 else "a value"


def _kind_of_reading(kind: str, reason: Reason) -> str:
    """What there was to read, where no value was."""
    if kind in ("formula", "derivation") and reason.code not in ("formula_absent", "no_formula", "formula_unread", "missing"):
        return f"{reason.facts['steps']} steps" if reason.code == "derivation_steps" else "a formula"
    return {"text": "words", "manual": "an essay"}.get(kind, "nothing")


def page(found: Mapping[str, list[Item]], rubrics: Mapping[str, str]) -> str:
    return (
        "\n".join(
            [*_head(found, rubrics), *(line for report in found for line in _table(report, rubrics[report], found[report]))]
        )
        + "\n"
    )


def _head(found: Mapping[str, list[Item]], rubrics: Mapping[str, str]) -> Iterator[str]:
    columns = ("agrees", "left to a human", "open", "differs")
    yield from (
        "# Reports: measured",
        "",
        "`python benchmarks/reports.py FOLDER` makes this page. Five reports of students, as text that was taken out of PDF",
        "files, are graded as they are; `benchmarks/reports.yaml` says what a careful human says of each item. The reports are",
        "no part of this repository, and this page has no words of them. How they are read: [reports](reports.md).",
        "",
        "* *agrees*: the verdict, and the known mistake where there is one, is the human's.",
        "* *left to a human*: undecided, and rightly: a matter of judgement (*reads*), or not in the text but in a figure, in a",
        "  notebook or nowhere (*absent*; the rubrics ask for more than these students were asked for).",
        "* *open*: undecided, though a human can decide it.",
        "* *differs*: another verdict than the human's.",
        "",
        f"| report | rubric | items | {' | '.join(columns)} |",
        "|---|---|---:|---:|---:|---:|---:|",
    )
    for report, each in found.items():
        counts = Counter(item.agreement for item in each)
        yield f"| {report} | {rubrics[report]} | {len(each)} | {' | '.join(str(counts[name]) for name in columns)} |"
    counts = Counter(item.agreement for each in found.values() for item in each)
    yield f"| all | | {sum(counts.values())} | {' | '.join(str(counts[name]) for name in columns)} |"


def _table(report: str, rubric: str, found: list[Item]) -> Iterator[str]:
    yield from ("", f"## {report}: {rubric}", "", "| item | read | verdict | a human | | why |", "|---|---|---|---|---|---|")
    for item in found:
        yield f"| {item.name} | {item.read} | {item.machine} | {item.human} | {item.agreement} | {item.why} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path)
    parser.add_argument("-o", "--page", type=Path)
    arguments = parser.parse_args()
    found: dict[str, list[Item]] = {}
    known = humans()
    for report, human in known.items():
        text = next(iter(sorted(arguments.folder.glob(f"{report}*.txt"))), None)
        if text is None:
            print(f"{arguments.folder} has no report {report}", file=sys.stderr)
            continue
        found[report] = items(report, human, text, arguments.data)
    told = page(found, {report: human["rubric"] for report, human in known.items()})
    if arguments.page is None:
        print(told, end="")
    else:
        arguments.page.write_text(told, encoding="utf-8")


if __name__ == "__main__":
    main()
