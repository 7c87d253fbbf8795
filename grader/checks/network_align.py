"""Two networks laid side by side, layer by layer, and how they differ."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grader.checks.literals import fact
from grader.checks.network_steps import Step, Steps
from grader.model.verdict import Reason

LONGEST = 200
"""Layers up to which the best alignment is sought; longer networks are laid side by side by position."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A step seen and the step expected in its place; None where there is no counterpart."""

    seen: Step | None
    expected: Step | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many of the compared things are right, and what is wrong with the others."""

    right: int
    total: int
    reasons: tuple[Reason, ...] = ()

    @property
    def share(self) -> Fraction:
        return Fraction(self.right, self.total) if self.total else Fraction(1)

    def __add__(self, other: Comparison) -> Comparison:
        return Comparison(self.right + other.right, self.total + other.total, self.reasons + other.reasons)


def align(seen: Sequence[Step], expected: Sequence[Step], ignore: Collection[str] = ()) -> tuple[Pair, ...]:
    """The pairing with the fewest differences that keeps both orders (edit distance, Wagner and Fischer 1974)."""
    rows, columns = len(seen), len(expected)
    if max(rows, columns) > LONGEST:
        pad = max(rows, columns)
        return tuple(map(Pair, [*seen, *[None] * (pad - rows)], [*expected, *[None] * (pad - columns)]))
    costs = [[float(i + j) if not i or not j else 0.0 for j in range(columns + 1)] for i in range(rows + 1)]
    for i in range(1, rows + 1):
        for j in range(1, columns + 1):
            swap = costs[i - 1][j - 1] + _apart(seen[i - 1], expected[j - 1], ignore)
            costs[i][j] = min(swap, costs[i - 1][j] + 1, costs[i][j - 1] + 1)
    return _trace_back(costs, seen, expected, ignore)


def _trace_back(
    costs: list[list[float]], seen: Sequence[Step], expected: Sequence[Step], ignore: Collection[str]
) -> tuple[Pair, ...]:
    pairs = []
    i, j = len(seen), len(expected)
    while i or j:
        if i and j and costs[i][j] == costs[i - 1][j - 1] + _apart(seen[i - 1], expected[j - 1], ignore):
            i, j = i - 1, j - 1
            pairs.append(Pair(seen[i], expected[j]))
        elif i and costs[i][j] == costs[i - 1][j] + 1:
            i -= 1
            pairs.append(Pair(seen[i], None))
        else:
            j -= 1
            pairs.append(Pair(None, expected[j]))
    return tuple(reversed(pairs))


def _apart(seen: Step, expected: Step, ignore: Collection[str]) -> float:
    """0 for equal steps, nearly 1 for steps that share only their kind, more than leaving both out for other kinds."""
    if seen.kind != expected.kind:
        return 2.5
    return len(different_settings(seen, expected, ignore)) / (len(expected.settings) + 1)


def different_settings(seen: Step, expected: Step, ignore: Collection[str] = ()) -> tuple[str, ...]:
    """Names of the settings that both have and that differ."""
    shared = (name for name in expected.settings if name in seen.settings and name not in ignore)
    return tuple(name for name in shared if seen.settings[name] != expected.settings[name])


def compare_pairs(pairs: Sequence[Pair], ignore: Collection[str] = ()) -> Comparison:
    """Every pair right or wrong; a reason for each wrong setting, each missing and each extra step."""
    reasons: list[Reason] = []
    right = 0
    for pair in pairs:
        found = _reasons(pair, ignore)
        reasons += found
        right += not found
    return Comparison(right, len(pairs), tuple(reasons))


def _reasons(pair: Pair, ignore: Collection[str]) -> list[Reason]:
    seen, expected = pair.seen, pair.expected
    if seen is None or expected is None or seen.kind != expected.kind:
        missing = (
            [Reason(code="layer_missing", facts={"kind": expected.kind, "expected": _describe(expected)})] if expected else []
        )
        return [*missing, *([Reason(code="layer_extra", facts={"layer": seen.name, "kind": seen.kind})] if seen else [])]
    return [
        Reason(
            code="layer_setting",
            facts={
                "layer": seen.name,
                "setting": name,
                "seen": fact(seen.settings[name]),
                "expected": fact(expected.settings[name]),
            },
        )
        for name in different_settings(seen, expected, ignore)
    ]


def _describe(step: Step) -> dict[str, object]:
    return {name: fact(value) for name, value in step.settings.items()}


def compare_functions(seen: Steps, expected: Steps) -> Comparison:
    """Poolings, in order where it is known; activations by number."""
    here, there = seen.pools, expected.pools
    if not (seen.is_ordered and expected.is_ordered):
        here, there = (tuple(sorted(pools, key=_settings_text)) for pools in (here, there))
    pools = compare_pairs(align(here, there))
    right = total = 0
    reasons = []
    for kind in sorted({*seen.activations, *expected.activations}):
        found, wanted = seen.activations.get(kind, 0), expected.activations.get(kind, 0)
        right, total = right + min(found, wanted), total + max(found, wanted)
        if found != wanted:
            reasons.append(Reason(code="activations", facts={"kind": kind, "seen": found, "expected": wanted}))
    return pools + Comparison(right, total, tuple(reasons))


def _settings_text(step: Step) -> str:
    return f"{step.kind} {sorted(step.settings.items())}"


def compare_shapes(pairs: Sequence[Pair]) -> Comparison:
    """Output shapes of the traced layers."""
    reasons = []
    for pair in pairs:
        shape = pair.seen.output_shape if pair.seen else ()
        wanted = pair.expected.output_shape if pair.expected else ()
        if shape == wanted and pair.seen and pair.expected:
            continue
        name = pair.seen.name if pair.seen else pair.expected.name if pair.expected else ""
        facts = {"layer": name, "seen": list(shape), "expected": list(wanted)}
        reasons.append(Reason(code="layer_shape", facts=facts))
    return Comparison(len(pairs) - len(reasons), len(pairs), tuple(reasons))
