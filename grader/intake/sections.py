"""Probes answered by reading: what is written under a heading, in notebooks' text cells and in documents."""

from __future__ import annotations

from dataclasses import dataclass

from grader.intake.documents import Block, blocks_of
from grader.intake.headings import clean, find_heading
from grader.intake.mentions import Unsectioned
from grader.model.evidence import Capture, CaptureStatus, Place
from grader.model.probe import Read
from grader.model.submission import Part, Submission
from grader.model.values import Section


@dataclass(frozen=True, slots=True)
class _Place:
    part: Part
    block: Block


def read_sections(submission: Submission, probes: tuple[Read, ...]) -> dict[str, Capture]:
    """The captures of these probes by key."""
    titles = {clean(heading) for probe in probes for heading in probe.headings}
    found = _read(submission, probes, titles, lists=False)
    if CaptureStatus.MISSING not in {capture.status for capture in found.values()}:
        return found
    listed = _read(submission, probes, titles, lists=True)
    best = {key: listed[key] if found[key].status is CaptureStatus.MISSING else found[key] for key in found}
    return _with_mentions(submission, probes, best)


def _with_mentions(submission: Submission, probes: tuple[Read, ...], found: dict[str, Capture]) -> dict[str, Capture]:
    """The captures; those of sections that are not there say where the text speaks of them all the same."""
    lost = [probe for probe in probes if found[probe.key].status is CaptureStatus.MISSING]
    text = Unsectioned.of(submission, is_read=len(lost) < len(probes))
    told = {probe.key: text.mention_of(probe.headings) for probe in lost}
    return {key: found[key].model_copy(update={"mentioned": told[key]}) if told.get(key) else found[key] for key in found}


def _read(submission: Submission, probes: tuple[Read, ...], titles: set[str], lists: bool) -> dict[str, Capture]:
    places = [_Place(part, block) for part in submission.parts for block in blocks_of(part, titles, lists) if block.path]
    return {probe.key: _answer(probe, places) for probe in probes}


def _answer(probe: Read, places: list[_Place]) -> Capture:
    match = find_heading(probe.headings, [p.block.path for p in places])
    if match.index is None:
        return Capture(status=CaptureStatus.MISSING, looked_for=probe.headings, nearest=match.nearest)
    found = places[match.index]
    below = [block for at in _told_again(found, places) for block in (places[at].block, *_under(places[at], places[at + 1 :]))]
    section = Section(
        part=found.part.path,
        heading=found.block.path[-1],
        text="\n\n".join(b.text for b in below if b.text),
        tables=tuple(t for b in below for t in b.tables),
        cells=tuple(sorted({c for b in below for c in b.cells})),
    )
    has_cells = found.part.kind == "notebook" and section.cells
    place = Place(part=found.part.path, heading=found.block.path[-1], cell=section.cells[0] if has_cells else None)
    return Capture(status=CaptureStatus.CAPTURED, value=section, place=place, looked_for=probe.headings)


def _told_again(found: _Place, places: list[_Place]) -> list[int]:
    """The place and, for an item of a list, where its letter or number comes again: a question here, its answer below."""
    return [
        at
        for at, place in enumerate(places)
        if place is found
        or (place.block.listed and found.block.listed and place.block.path == found.block.path and place.part is found.part)
    ]


def _under(found: _Place, following: list[_Place]) -> list[Block]:
    """The blocks of deeper headings inside the section."""
    depth = len(found.block.path)
    blocks: list[Block] = []
    for place in following:
        if place.part is not found.part or place.block.path[:depth] != found.block.path:
            break
        blocks.append(place.block)
    return blocks
