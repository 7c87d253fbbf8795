"""One capture out of what several parts answered."""

from __future__ import annotations

from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Figures, Look, Prints, SourceText
from grader.model.values import Figure, Output, Printed, Raised, Scalar, Several, Source
from grader.sandbox.merge import merged

MISSING = Capture(status=CaptureStatus.MISSING, looked_for=("x",), nearest=("X",))
RAISED = Capture(status=CaptureStatus.RAISED, error=Raised(kind="ValueError", message="no"))
ONE, TWO = Capture.of(Scalar(value=1)), Capture.of(Scalar(value=2))


def test_the_first_part_that_has_it_decides() -> None:
    assert merged(Look(names=("x",)), [MISSING, ONE, TWO]) == ONE
    assert merged(Look(names=("x",)), [RAISED, ONE]) == RAISED


def test_what_no_part_has_is_missing_with_what_came_nearest_in_any() -> None:
    other = MISSING.model_copy(update={"nearest": ("x_1", "X")})
    assert merged(Look(names=("x",)), [MISSING, other]).nearest == ("X", "x_1")


def test_what_was_never_asked_is_missing_under_its_own_names() -> None:
    capture = merged(Look(names=("x", "y")), [])
    assert (capture.status, capture.looked_for) == (CaptureStatus.MISSING, ("x", "y"))


def test_prints_sources_and_figures_of_all_parts_come_together() -> None:
    printed = [Capture.of(Output(printed=(Printed(part=p, cell=0, text=p),))) for p in ("a", "b")]
    assert [p.text for p in merged(Prints(), printed).value.printed] == ["a", "b"]  # type: ignore[union-attr]
    sources = [Capture.of(Source(texts={p: p})) for p in ("a", "b")]
    assert merged(SourceText(), sources).value == Source(texts={"a": "a", "b": "b"})
    figures = [Capture.of(Several(items=(Figure(axes=(), title=p),))) for p in ("a", "b")]
    assert [f.title for f in merged(Figures(), figures).value.items] == ["a", "b"]  # type: ignore[union-attr]


def test_a_named_source_is_that_of_the_first_part() -> None:
    sources = [Capture.of(Source(texts={p: p})) for p in ("a", "b")]
    assert merged(SourceText(names=("f",)), sources).value == Source(texts={"a": "a"})
