"""Derivations written by someone who had not seen the readers (``tests/corpus/unseen``): what becomes of them, and how fast."""

from __future__ import annotations

import statistics
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from tests.checks.unseen_derivations import cases, check, judged

OUTCOMES: Final = ("accepted", "rejected", "left open")
AS_WRITTEN: Final[dict[str, dict[str, Any]]] = {
    "first": {
        "right": {"accepted": 103, "rejected": 25, "left open": 44},
        "wrong": {"accepted": 1, "rejected": 181, "left open": 48},
        "in its line": 162,
    },
    "second": {
        "right": {"accepted": 39, "rejected": 0, "left open": 1},
        "wrong": {"accepted": 1, "rejected": 41, "left open": 1},
        "in its line": 40,
    },
    "third": {"right": {"accepted": 15, "rejected": 4, "left open": 7}, "wrong": {}, "in its line": 0},
    "fourth": {
        "right": {"accepted": 53, "rejected": 10, "left open": 7},
        "wrong": {"accepted": 0, "rejected": 37, "left open": 5},
        "in its line": 34,
    },
}
"""What the readers as they were when a series was written said of it: of the first before it was looked at, of the second after
they had been mended for the first, of the third (right texts only) after the second, of the fourth, by another hand, after the
third. These say something of texts to come."""


def measured(series: str) -> dict[str, Any]:
    """The outcomes of a series now, how often the first error shown stands in its line, and the time of a text."""
    found: dict[str, Any] = {"right": Counter(), "wrong": Counter(), "in its line": 0}
    each = []
    for case in cases(series):
        check(case.file, case.question)  # made ready before the clock starts, as for a class
        begin = time.process_time()
        told = judged(case)
        each.append((time.process_time() - begin) * 1000)
        found["wrong" if case.error else "right"][told.outcome] += 1
        found["in its line"] += bool(case.error) and told.outcome == "rejected" and told.lines[:1] == (case.line,)
    return {**found, "milliseconds": {"median": statistics.median(each), "worst": max(each)}}


def section(result: dict[str, Any]) -> Iterator[str]:
    """The part of the page about all series."""
    yield from (
        "## Held-out texts",
        "",
        "The corpus above was written by those who wrote the readers, and says little of other people's texts. Four series",
        "(`tests/corpus/unseen`) were written from the questions and the declared names alone, as different students would",
        "write them. The first was measured, then the readers were mended by it; each later one was written after the mends",
        "for those before, and measured before anything was mended by it. The held-out figures are those of the second, third",
        "and fourth as written; the figures of now are not held out. The first three are by the hand that mended the readers,",
        "which may flatter them; the fourth by one that had not read the readers, and of the other texts a few for their form.",
        "",
        "| series | texts | | accepted | rejected | left to a person |",
        "|---|---|---|---:|---:|---:|",
    )
    for series, told in result.items():
        for when, counts in (("as written", AS_WRITTEN[series]), ("now", told)):
            for kind in filter(counts.get, ("right", "wrong")):
                cells = " | ".join(str(counts[kind].get(name, 0)) for name in OUTCOMES)
                yield f"| {series} | {kind} | {when} | {cells} |"
    yield ""
    for series, told in result.items():
        then, rejected = AS_WRITTEN[series], told["wrong"].get("rejected", 0)
        if rejected:
            yield f"- {series}: the first error shown stands in the line where it enters in {then['in its line']} of"
            yield f"  {then['wrong']['rejected']} rejected texts as written, and in {told['in its line']} of {rejected} now."
        took = told["milliseconds"]
        begin = " " if rejected else f"- {series}:"
        yield f"{begin} A text takes {took['median']:.0f} ms in the median, {took['worst']:.0f} ms at worst."
    yield ""
