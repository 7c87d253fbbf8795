"""Deciding derivations: time per step, what becomes of right answers with one slip of the pen, and hostile text.

Run with ``make bench``. The corpora are those of the tests (``tests/corpus/derivations``, ``tests/corpus/unseen``); the result is
written to ``benchmarks/derivations.json`` and ``benchmarks/derivations.md``.
"""

from __future__ import annotations

import json
import platform
import statistics
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from benchmarks import unseen_derivations  # noqa: E402
from benchmarks.hostile_formulas import HOSTILE, answered  # noqa: E402  # the corpus is not installed
from benchmarks.single_edits import edited  # noqa: E402
from tests.symbolic.derivation_corpus import (  # noqa: E402
    Case,
    NotRead,
    accepted,
    cases,
    decision,
    reading,
    verdict,
)

PAGE = HERE / "derivations.md"
SLOWEST = 5


@dataclass(frozen=True)
class Timed:
    """One case with the time of reading and deciding it, in seconds for each step."""

    case: Case
    steps: int
    each: float


def timed(case: Case) -> Timed:
    begin = time.process_time()
    steps = 1
    if case.kind == "final":
        with suppress(NotRead):
            decision(case)
    else:
        steps = max(1, len(verdict(case, repairs=True).steps))
    return Timed(case, steps, (time.process_time() - begin) / steps)


def times() -> list[Timed]:
    """Every case once, after one round that prepares the environments as a run does for its first student."""
    for case in cases():
        timed(case)
    return [timed(case) for case in cases()]


def outcome(case: Case) -> str:
    """``accepted``, ``rejected`` or ``left open``."""
    if case.kind == "final":
        try:
            found = decision(case)
        except NotRead:
            return "left open"
        return "left open" if found.outcome == "undecided" else "accepted" if accepted(case, found) else "rejected"
    steps = [step.outcome for step in verdict(case).steps]
    if any(step in ("wrong_here", "carried") for step in steps):
        return "rejected"
    return "left open" if reading(case).problems or "not_checkable" in steps else "accepted"


def measured() -> dict[str, Any]:
    found = times()
    each = [item.each * 1000 for item in found for _ in range(item.steps)]
    slowest = sorted(found, key=lambda item: -item.each)[:SLOWEST]
    right, wrong = (Counter(outcome(case) for case in cases() if bool(case.why) is is_wrong) for is_wrong in (False, True))
    tally = edited()
    return {
        "machine": f"{platform.machine()}, Python {platform.python_version()}, {platform.system()}",
        "environments": len({case.environment for case in cases()}),
        "questions": len({(case.environment, case.asked) for case in cases()}),
        "right": dict(right),
        "wrong": dict(wrong),
        "unseen": {series: unseen_derivations.measured(series) for series in unseen_derivations.AS_WRITTEN},
        "milliseconds": {
            "steps": len(each),
            "median": statistics.median(each),
            "p90": statistics.quantiles(each, n=10)[-1],
            "worst": max(each),
        },
        "slowest": [[item.case.name, round(item.each * 1000, 1)] for item in slowest],
        "edits": {"kinds": dict(tally.kinds), "accepted": dict(tally.accepted), "left_open": tally.left_open},
        "reasons": dict(Counter(survivor.reason for survivor in tally.survivors)),
        "survivors": [survivor.row() for survivor in tally.survivors if not survivor.commutes],
        "hostile": [answered(name, text).row() for name, text in HOSTILE.items()],
    }


def page(result: dict[str, Any]) -> str:
    unseen = unseen_derivations.section(result["unseen"])
    return "\n".join([*_corpus(result), *unseen, *_times(result), *_edits(result), *_hostile(result)]) + "\n"


def _corpus(result: dict[str, Any]) -> Iterator[str]:
    yield from (
        "# Deciding derivations",
        "",
        f"`make bench` makes this page. {result['machine']}. The corpus stands in `tests/corpus/derivations`:",
        f"{result['questions']} questions in {result['environments']} environments, answered right and wrong by hand.",
        "",
        "| | texts | accepted | rejected | left to a person |",
        "|---|---:|---:|---:|---:|",
    )
    for kind in ("right", "wrong"):
        counts = result[kind]
        cells = " | ".join(str(counts.get(name, 0)) for name in ("accepted", "rejected", "left open"))
        yield f"| {kind} | {sum(counts.values())} | {cells} |"
    yield from ("", "Each text left to a person is marked in the corpus with its reason.", "")


def _times(result: dict[str, Any]) -> Iterator[str]:
    told = result["milliseconds"]
    yield from (
        "## Time",
        "",
        f"Processor time of reading and deciding, with proof, counterexample and search for a repair, for {told['steps']} steps:",
        f"median {told['median']:.1f} ms, nine in ten below {told['p90']:.1f} ms, worst {told['worst']:.0f} ms.",
        "The slowest:",
        "",
    )
    yield from (f"- {milliseconds:.0f} ms: `{name}`" for name, milliseconds in result["slowest"])
    yield ""


def _edits(result: dict[str, Any]) -> Iterator[str]:
    kinds, accepted_edits = result["edits"]["kinds"], result["edits"]["accepted"]
    false = [row for row in result["survivors"] if row[-1] == "unexplained"]
    yield from (
        "## Single slips",
        "",
        "Every right final answer with every single edit of these kinds. An edit that is still accepted is equal to the answer",
        "for a reason named below, or is a false acceptance.",
        "",
        "| edit | made | still accepted |",
        "|---|---:|---:|",
        *(f"| {kind} | {count} | {accepted_edits.get(kind, 0)} |" for kind, count in kinds.items()),
        f"| all | {sum(kinds.values())} | {sum(accepted_edits.values())} |",
        "",
        f"Left to a person: {result['edits']['left_open']}. False acceptances: {len(false)}.",
        "",
        "| why it is still right | edits |",
        "|---|---:|",
        *(f"| {reason} | {count} |" for reason, count in sorted(result["reasons"].items(), key=lambda item: -item[1])),
        "",
        "All of them but the swaps of factors that commute:",
        "",
        "| environment | right answer | edit | accepted as well | why |",
        "|---|---|---|---|---|",
    )
    yield from (f"| {a} | `{_cell(b)}` | {c} | `{_cell(d)}` | {e} |" for a, b, c, d, e in result["survivors"])
    yield ""


def _hostile(result: dict[str, Any]) -> Iterator[str]:
    yield from (
        "## Hostile text",
        "",
        "Read in every style and, where there is a tree, decided; the time is that of the slowest style.",
        "",
    )
    yield from ("| text | characters | outcome | ms |", "|---|---:|---|---:|")
    yield from (f"| {name} | {size} | {said} | {each:.0f} |" for name, size, said, each in result["hostile"])


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def main() -> None:
    result = measured()
    (HERE / "derivations.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    PAGE.write_text(page(result), encoding="utf-8")
    told = result["milliseconds"]
    print(f"right {result['right']}, wrong {result['wrong']}")
    print(f"median {told['median']:.1f} ms, p90 {told['p90']:.1f} ms, worst {told['worst']:.0f} ms")
    print(f"{sum(result['edits']['kinds'].values())} edits; still accepted: {result['reasons']}")


if __name__ == "__main__":
    main()
