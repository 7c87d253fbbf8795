"""One capture for each probe, out of what each part of a submission answered."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Figures, Prints, Probe, SourceText
from grader.model.values import Output, Several, Source, Value

NEAREST = 5


def wants_all_parts(probe: Probe) -> bool:
    """The question is about the whole submission, so every part is asked."""
    return isinstance(probe, Prints) or (isinstance(probe, Figures | SourceText) and not probe.names)


def is_guess(capture: Capture) -> bool:
    """Something was brought, though what was looked for was not there: another part may have it."""
    return capture.status is CaptureStatus.CAPTURED and bool(capture.looked_for)


def is_settled(captures: Sequence[Capture]) -> bool:
    """The first part that has what was looked for decides."""
    return any(c.status is not CaptureStatus.MISSING and not is_guess(c) for c in captures)


def merged(probe: Probe, captures: Sequence[Capture]) -> Capture:
    """The first capture that is not missing; what all parts have, where that is asked; else what came nearest anywhere."""
    brought = [c for c in captures if c.status is not CaptureStatus.MISSING]
    found = [c for c in brought if not is_guess(c)] or brought
    if wants_all_parts(probe) or all(map(is_guess, found)):
        values = [c.value for c in found if c.status is CaptureStatus.CAPTURED and c.value is not None]
        if len(values) > 1:
            first = next(c for c in found if c.value is not None)
            return first.model_copy(update={"value": _joined(values), "seconds": sum(c.seconds for c in captures)})
    if found:
        return found[0]
    asked = (*getattr(probe, "names", ()), *getattr(probe, "headings", ()))
    looked_for = _union(c.looked_for for c in captures) or asked
    nearest, detail = _union(c.nearest for c in captures)[:NEAREST], next((c.detail for c in captures if c.detail), "")
    return Capture(status=CaptureStatus.MISSING, looked_for=looked_for, nearest=nearest, detail=detail)


def _joined(values: list[Value]) -> Value:
    if all(isinstance(v, Output) for v in values):
        return Output(printed=tuple(p for v in values if isinstance(v, Output) for p in v.printed))
    if all(isinstance(v, Source) for v in values):
        return Source(texts={k: t for v in values if isinstance(v, Source) for k, t in v.texts.items()})
    return Several(items=tuple(i for v in values for i in (v.items if isinstance(v, Several) else (v,))))


def _union(groups: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for group in groups for name in group))
