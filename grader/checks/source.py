"""Kind `source`: what the code must use and must not use, by its syntax tree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from grader.checks.base import Check, at, not_readable, oracle_fault, refusal, value_of
from grader.checks.literals import as_text
from grader.checks.names import Imports, Parsed, Use, imports_of, parse, pattern_fault, uses
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Probe, SourceText
from grader.model.rubric import Answer
from grader.model.values import Sequence as SequenceValue
from grader.model.values import Source, Text, Value
from grader.model.verdict import Verdict, failed, passed, undecided


def _readable(pattern: str) -> str:
    if fault := pattern_fault(pattern):
        raise ValueError(fault)
    return pattern


Pattern = Annotated[str, Field(min_length=1), AfterValidator(_readable)]


class SourceCheck(Check):
    """Names resolved through imports and their aliases; comments and strings do not count."""

    kind: Literal["source"] = "source"
    of: str = ""
    """A key of the question's ``answer`` (a function or class); without it, the whole submission."""
    must: tuple[Pattern, ...] = ()
    """What has to be used: full dotted names (``numpy.linalg.lstsq``), ``.method``, ``for``, or expressions such as ``_ @ _``."""
    must_not: tuple[Pattern, ...] = ()
    """What may not be used; a module's name covers all that is in it."""
    says: str = ""
    """Why, in the report."""

    @model_validator(mode="after")
    def _asks_something(self) -> SourceCheck:
        if not self.must and not self.must_not:
            raise ValueError("give `must` or `must_not`")
        return self

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        """The source looked at, then that of the whole submission, where the imports stand."""
        return (SourceText(names=answer.places[self.of]), SourceText()) if self.of else (SourceText(),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        return (Look(names=(oracle,)),) if oracle else ()

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        """`expected` is empty but for a known mistake: then it is one pattern or a list of them, all of which must be used."""
        if fault := oracle_fault(expected):
            return fault
        value = value_of(expected)
        patterns = _patterns(value) if value is not None else ()
        if patterns is None:
            return undecided("no_oracle", status="captured", message="the mistake is no list of patterns", names=[])
        if not seen:
            return undecided("nowhere")
        capture = seen[0]
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail="")
        if not isinstance(capture.value, Source):
            return at(capture, not_readable(capture.value, "source"))
        imports = imports_of(_trees([*seen[1:], capture]))
        texts = [parse(part, text) for part, text in capture.value.texts.items()]
        return at(capture, self._judge_texts(texts, imports, patterns))

    def _judge_texts(self, texts: Sequence[Parsed], imports: Imports, patterns: tuple[str, ...]) -> Verdict:
        must, must_not = (patterns, ()) if patterns else (self.must, self.must_not)
        found = list(dict.fromkeys(use for pattern in must_not for parsed in texts for use in uses(pattern, parsed, imports)))
        if found:
            names = list(dict.fromkeys(use.pattern for use in found))
            return failed("forbidden", names=names, uses=[_place(use) for use in found[:10]], says=self.says)
        if unread := [parsed for parsed in texts if parsed.tree is None]:
            first = unread[0]
            return undecided("syntax", part=first.part, line=first.line, message=first.message)
        absent = [pattern for pattern in must if not any(True for parsed in texts for _ in uses(pattern, parsed, imports))]
        return failed("not_used", names=absent, says=self.says) if absent else passed()


def _patterns(value: Value) -> tuple[str, ...] | None:
    items = value.items if isinstance(value, SequenceValue) else (value,)
    patterns = tuple(as_text(item) for item in items if isinstance(item, Text))
    if not patterns or len(patterns) < len(items) or any(not pattern or pattern_fault(pattern) for pattern in patterns):
        return None
    return patterns


def _trees(captures: Sequence[Capture]) -> list[Any]:
    """The trees of all source that could be had and read; imports elsewhere are a help, not a condition."""
    sources = [c.value for c in captures if c.status is CaptureStatus.CAPTURED and isinstance(c.value, Source)]
    parsed = [parse(part, text) for source in sources for part, text in source.texts.items()]
    return [each.tree for each in parsed if each.tree is not None]


def _place(use: Use) -> dict[str, Any]:
    return asdict(use)
