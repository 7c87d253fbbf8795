"""The code of a report as parts that run in the box like any code: one for each question that lets its listings be run.

Nothing is run here. Every question's code is a part of its own, so that a name in one listing is not taken for that of another.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from grader.checks import Question, Rubric
from grader.intake.excerpts import Elsewhere, cells_of, elsewhere_in
from grader.intake.sections import read_sections
from grader.model.probe import Read
from grader.model.rubric import Answer, ReportCode
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Section


def with_code(submission: Submission, rubric: Rubric) -> Submission:
    """A report with a further part for every question whose code it shows; where code was handed in as such, nothing is added."""
    asked = [question for question in rubric.questions if question.answer.listing is not None]
    if not asked or any(part.kind != "document" and not part.made_of for part in submission.parts):
        return submission
    probes = {question.id: Read(headings=question.answer.headings) for question in asked}
    captures = read_sections(submission, tuple(probes.values()))
    whole = {part.path: elsewhere_in("\n".join(cell.source for cell in part.cells)) for part in submission.parts}
    made: list[Part] = []
    for question in asked:
        section = captures[probes[question.id].key].value
        if isinstance(section, Section):
            foreign = {
                n for each in rubric.questions if each is not question for ns in each.answer.variables.values() for n in ns
            }
            made += _part_of(question, section, whole[section.part], foreign)
    if not made:
        return submission
    digest = hashlib.sha256("\n".join([submission.digest, *(part.model_dump_json() for part in made)]).encode())
    return submission.model_copy(update={"parts": (*submission.parts, *made), "digest": digest.hexdigest()})


def _part_of(question: Question, section: Section, elsewhere: Elsewhere, foreign: set[str]) -> Iterator[Part]:
    """The cells of a question's code; none where the report shows none. `foreign` are the names of other questions' answers."""
    answer = question.answer
    listing = answer.listing or ReportCode()
    names = [*listing.names.values(), *answer.places.values()]
    wanted = [name for each in names for name in each if name.isidentifier()]
    sources = cells_of(section.text, elsewhere, wanted, listing)
    if not sources:
        return
    cells = [(source.text, (section.heading,) if source.is_shown else ()) for source in sources]
    cells.append(("\n".join([*_renamed(listing), *_left_out(answer, listing, foreign)]), ()))
    cells += [(listing.after, ())] if listing.after.strip() else []
    yield Part(
        path=f"code-{re.sub(r'[^0-9A-Za-z]+', '-', question.id)}",
        kind="notebook",
        cells=tuple(Cell(index=n, kind="code", source=text, headings=path) for n, (text, path) in enumerate(cells)),
        made_of=section.part,
        shows=question.id,
    )


def _renamed(listing: ReportCode) -> Iterator[str]:
    """What the listing calls otherwise, under the name that is looked for."""
    for own, shown in listing.names.items():
        for name in shown:
            yield f"if {own!r} not in globals() and {name!r} in globals():\n    {own} = {name}"


def _left_out(answer: Answer, listing: ReportCode, foreign: set[str]) -> Iterator[str]:
    """The names of other questions' answers: what this listing has under them is none of these answers."""
    own = {name for names in answer.places.values() for name in names} | set(listing.names)
    for name in sorted(foreign - own):
        if name.isidentifier():
            yield f"globals().pop({name!r}, None)"
