"""The code of a report as parts that run in the box like any code: one for each question that lets its listings be run.

Nothing is run here. Every question's code is a part of its own, so that a name in one listing is not taken for that of another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from grader.checks import Question, Rubric
from grader.intake.listings import cells_of
from grader.intake.sections import read_sections
from grader.model.probe import Read
from grader.model.rubric import Answer
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Section


def with_code(submission: Submission, rubric: Rubric) -> Submission:
    """A report with a further part for every question whose code it shows; where code was handed in as such, nothing is added."""
    if any(part.kind != "document" and not part.made_of for part in submission.parts):
        return submission
    made = [part for question in rubric.questions if (part := _part_of(submission, question, rubric)) is not None]
    if not made:
        return submission
    digest = hashlib.sha256("\n".join([submission.digest, *(part.model_dump_json() for part in made)]).encode())
    return submission.model_copy(update={"parts": (*submission.parts, *made), "digest": digest.hexdigest()})


def _part_of(submission: Submission, question: Question, rubric: Rubric) -> Part | None:
    """The cells of a question's code; None where it asks for none, or the report shows none."""
    answer = question.answer
    probe = Read(headings=answer.headings)
    section = read_sections(submission, (probe,))[probe.key].value if answer.listing else None
    if answer.listing is None or not isinstance(section, Section):
        return None
    whole = "\n".join(c.source for part in submission.parts if part.path == section.part for c in part.cells)
    wanted = [
        name for names in (*answer.listing.names.values(), *answer.places.values()) for name in names if name.isidentifier()
    ]
    sources = cells_of(section.text, whole, wanted, answer.listing.before)
    if not sources:
        return None
    foreign = {n for each in rubric.questions if each is not question for names in each.answer.variables.values() for n in names}
    cells = [(source.text, (section.heading,) if source.is_shown else ()) for source in sources]
    cells.append(("\n".join([*_renamed(answer), *_left_out(answer, foreign)]), ()))
    return Part(
        path=f"code-{re.sub(r'[^0-9A-Za-z]+', '-', question.id)}",
        kind="notebook",
        cells=tuple(Cell(index=n, kind="code", source=text, headings=path) for n, (text, path) in enumerate(cells)),
        made_of=section.part,
        shows=question.id,
    )


def _renamed(answer: Answer) -> Iterator[str]:
    """What the listing calls otherwise, under the name that is looked for."""
    for own, shown in (answer.listing.names if answer.listing else {}).items():
        for name in shown:
            yield f"if {own!r} not in globals() and {name!r} in globals():\n    {own} = {name}"


def _left_out(answer: Answer, foreign: set[str]) -> Iterator[str]:
    """The names of other questions' answers: what this listing has under them is none of these answers."""
    own = {name for names in answer.places.values() for name in names}
    own |= set(answer.listing.names if answer.listing else ())
    for name in sorted(foreign - own):
        if name.isidentifier():
            yield f"globals().pop({name!r}, None)"
