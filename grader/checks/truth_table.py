"""Kind `truth_table`: weights of a threshold unit that realise a logic function, and the tables of s and y filled from them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, model_validator

from grader.checks.base import Check, at, not_readable, oracle_fault, refusal, value_of
from grader.checks.compare import Closeness, compare
from grader.checks.literals import fact, flat_numbers, from_value, to_value
from grader.checks.logic import FUNCTIONS, LOW, Bias, Levels, Truth, Unit, column_of, name_of, rows, truth_of
from grader.checks.plain_math import plain
from grader.checks.unit_reports import WeightsInReport, read_unit
from grader.checks.written_values import value_at
from grader.model.base import Exact, Frozen
from grader.model.evidence import Capture
from grader.model.probe import Look, Probe, Read
from grader.model.rubric import Answer
from grader.model.values import Value
from grader.model.verdict import Reason, Verdict, failed, graded, undecided


def _several(raw: Any) -> Any:
    return (raw,) if isinstance(raw, str) else raw


Keys = Annotated[tuple[str, ...], BeforeValidator(_several)]
Weight = Annotated[Exact, Field(ge=0)]


class TableShares(Frozen):
    """How much each part of the answer counts, relative to the others that are asked for."""

    function: Weight | None = None
    """By default 1 where no table is judged, else 0: the weights are then another check's affair."""
    features: Weight = Fraction(1)
    outputs: Weight = Fraction(1)


class TruthTableCheck(Check):
    """Any right weights pass. Tables are judged against the student's own weights, row by row."""

    kind: Literal["truth_table"] = "truth_table"
    of: Keys = ()
    """A key of the question's ``answer`` for all weights, or one for each (``[w0, w1, w2]``)."""
    weights: tuple[float, ...] = ()
    """Weights that the task gives, in place of the student's; then only the tables are judged."""
    function: str | tuple[bool | float, ...] = ""
    """A name (``nand``, ``majority``, ``xor`` ...), or the outputs for inputs counting up, the first the most significant."""
    inputs: int = Field(ge=1, le=8)
    """How many inputs the table has."""
    bias: Bias = "first"
    """Where the bias stands among the weights."""
    levels: Annotated[tuple[Levels, ...], BeforeValidator(_several), Field(min_length=1)] = ("bipolar",)
    """What stands for false and true: -1 and 1, or 0 and 1; with both, either will do."""
    first_layer: tuple[tuple[float, ...], ...] = ()
    """Given units of a Madaline's first layer, a row of weights each; their outputs are the inputs of the unit."""
    features: str = ""
    """A key for the student's column of s: 2^n values in order, or whole rows that begin with the inputs."""
    outputs: str = ""
    """A key for the student's column of y, likewise; in whole rows it is the last."""
    report: WeightsInReport | None = None
    """What to look for in the section under the question's heading, where there are no variables."""
    zero: Literal["wrong", "positive", "negative"] = "wrong"
    """What a feature of exactly 0 means: no sign is defined, or the course's convention."""
    compare: TableShares = TableShares()
    """Weights of the parts: function, features, outputs."""
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """Tolerance of a feature, relative to the one computed from the weights."""
    atol: float = Field(default=1e-6, ge=0)
    """Absolute tolerance of a feature."""

    @model_validator(mode="after")
    def _is_consistent(self) -> TruthTableCheck:
        if bool(self.of) == bool(self.weights):
            raise ValueError("give either `of` (the student's weights) or `weights` (those of the task)")
        if self._shares().get("function") and not self.function:
            raise ValueError("`function` is missing")
        if isinstance(self.function, str) and self.function and self.function not in FUNCTIONS:
            raise ValueError(f"unknown function {self.function!r}: one of {', '.join(FUNCTIONS)}, or a list of outputs")
        if not isinstance(self.function, str) and len(self.function) != 2**self.inputs:
            raise ValueError(f"`function` has {len(self.function)} outputs, not {2**self.inputs}")
        if self.weights and len(self.weights) != self._count:
            raise ValueError(f"`weights` has {len(self.weights)} numbers, not {self._count}")
        if any(len(row) != self.inputs + (self.bias != "none") for row in self.first_layer):
            raise ValueError("a row of `first_layer` needs a weight for each input, and the bias")
        if any(0.0 in Unit(row, self.inputs, level, self.bias).features() for row in self.first_layer for level in self.levels):
            raise ValueError("a unit of `first_layer` has feature 0 for some inputs, which has no sign")
        if not self._shares():
            raise ValueError("nothing to judge: `compare` leaves no part")
        return self

    @property
    def _count(self) -> int:
        return (len(self.first_layer) or self.inputs) + (self.bias != "none")

    def _shares(self) -> dict[str, Fraction]:
        """The parts asked for, with their weights."""
        asked = {
            "function": self._function_share() if self.of else Fraction(0),
            "features": self.compare.features if self.features else Fraction(0),
            "outputs": self.compare.outputs if self.outputs else Fraction(0),
        }
        return {part: weight for part, weight in asked.items() if weight}

    def _function_share(self) -> Fraction:
        if self.compare.function is not None:
            return self.compare.function
        return Fraction(0 if self.features or self.outputs else 1)

    def places(self) -> tuple[str, ...]:
        return tuple(key for key in (*self.of, self.features, self.outputs) if key)

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        looks = tuple(Look(names=answer.places[key]) for key in self.places())
        return (*looks, Read(headings=answer.headings)) if self.report and answer.headings else looks

    def corrected(self, read: str) -> tuple[Capture, ...]:
        """Weights, and after semicolons the columns: ``0.5, -0.5, -0.5; 1.5, 0.5, 0.5, -0.5``."""
        found = [value_at(f"[{plain(part).strip(' []()')}]", 0) for part in read.split(";")]
        if len(found) != (1 if self.of else 0) + bool(self.features) + bool(self.outputs) or None in found:
            raise ValueError(f"{read!r} does not give the weights and the columns, each a list, with semicolons between")
        captures = [Capture.of(to_value(value.value)) for value in found if value is not None]
        nothing = Capture.of(to_value(np.zeros(0)))
        return (captures[0], *[nothing] * (len(self.of) - 1), *captures[1:]) if self.of else tuple(captures)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        return (Look(names=(oracle,)),) if oracle else ()

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        """`expected` is empty but for a known mistake: then it names, or lists the outputs of, the function realised instead."""
        if fault := oracle_fault(expected):
            return fault
        value = value_of(expected)
        if value is not None and "function" not in self._shares():
            return self._judge_mistaken_column(seen, value)
        wanted = self._wanted(from_value(value) if value is not None else self.function)
        if wanted is None and "function" in self._shares():
            return undecided("no_oracle", status="captured", message="the expected value is no logic function", names=[])
        told = read_unit(self, seen) if self.report else None
        if told is not None and told.verdict is not None:
            return told.verdict
        seen = told.captures if told is not None else seen[: len(self.places())]
        if len(seen) != len(self.places()):
            return undecided("box_failed", detail="not all places came back")
        verdict = self._judge_captures(seen, value, wanted)
        return verdict if told is None else at(told.place, verdict, *told.notes)

    def _judge_captures(self, seen: Sequence[Capture], value: Value | None, wanted: Truth | None) -> Verdict:
        weights = self._weights(seen[: len(self.of)])
        if isinstance(weights, Verdict):
            return weights
        only = tuple(self._shares()) if value is None else ("function",)
        return self._best(weights, seen[len(self.of) :], wanted or (), only)

    def _judge_mistaken_column(self, seen: Sequence[Capture], value: Value) -> Verdict:
        """PASSED when the first table is, row by row, the one that a known mistake gives."""
        unit = self._unit((0.0,) * self._count, self.levels[0])
        right = column_of(value, unit, last=not self.features)
        if right is None:
            return undecided("no_oracle", status="captured", message="the mistake gives no column", names=[])
        seen_value = value_of(seen[len(self.of) :])
        column = None if seen_value is None else column_of(seen_value, unit, last=not self.features)
        same = column is not None and compare(column, right, Closeness(self.rtol, self.atol)) is None
        return graded(Fraction(int(same)), "right" if same else "wrong_rows")

    def _wanted(self, function: object) -> Truth | None:
        if isinstance(function, str):
            return truth_of(function, self.inputs) if function in FUNCTIONS else None
        if isinstance(function, list | tuple | np.ndarray) and np.size(function) == 2**self.inputs:
            flat = np.asarray(function).reshape(-1)
            return tuple(bool(output > 0) for output in flat) if flat.dtype.kind in "biuf" else None
        return None

    def _weights(self, seen: Sequence[Capture]) -> tuple[float, ...] | Verdict:
        """The weights, or why there are none."""
        found = list(self.weights)
        for capture in seen:
            if capture.value is None:
                return refusal(capture) or undecided("box_failed", detail="")
            numbers = flat_numbers(capture.value)
            if numbers is None or numbers.dtype.kind not in "iuf":
                return at(capture, not_readable(capture.value, f"{self._count} numbers"))
            if not np.isfinite(numbers).all():
                return at(capture, failed("not_finite", seen=fact(numbers)))
            found.extend(float(number) for number in numbers)
        if len(found) != self._count:
            return at(seen[0], failed("weight_count", seen=len(found), needed=self._count, bias=self.bias))
        return tuple(found)

    def _best(self, weights: tuple[float, ...], tables: Sequence[Capture], wanted: Truth, parts: Sequence[str]) -> Verdict:
        """The verdict at the levels that suit the answer best."""
        verdicts = [self._judge_unit(self._unit(weights, level), tables, wanted, parts) for level in self.levels]
        return max(verdicts, key=lambda verdict: -1 if verdict.credit is None else verdict.credit)

    def _unit(self, weights: tuple[float, ...], levels: Levels) -> Unit:
        return Unit(weights, self.inputs, levels, self.bias, self.first_layer)

    def _judge_unit(self, unit: Unit, tables: Sequence[Capture], wanted: Truth, parts: Sequence[str]) -> Verdict:
        features = unit.features()
        found: dict[str, _Part] = {}
        if "function" in parts:
            found["function"] = self._judge_function(unit, features, wanted)
        keys = [part for part, key in (("features", self.features), ("outputs", self.outputs)) if key]
        for part, capture in zip(keys, tables, strict=True):
            if part in parts:
                found[part] = self._judge_column(part, capture, unit, features)
        return self._sum_up(found, unit, features)

    def _sum_up(self, found: dict[str, _Part], unit: Unit, features: NDArray[np.float64]) -> Verdict:
        if blocked := next((part.undecided for part in found.values() if part.undecided), None):
            return blocked
        shares = self._shares()
        total = sum((shares[name] for name in found), Fraction(0))
        credit = sum((shares[name] * part.credit for name, part in found.items()), Fraction(0)) / total
        findings = [part.reason for part in found.values() if part.reason is not None]
        margin = Reason(code="margin", facts={"margin": fact(float(np.abs(features).min())), "levels": unit.levels})
        first = findings[0] if findings else Reason(code="right")
        verdict = graded(credit, first.code, **first.facts)
        notes = (margin,) if self.of and np.abs(features).min() > 0 else ()
        return verdict.model_copy(update={"notes": notes, "parts": tuple(findings)})

    def _judge_function(self, unit: Unit, features: NDArray[np.float64], wanted: Truth) -> _Part:
        truth = self._signs(features)
        wrong = [index for index, (seen, right) in enumerate(zip(truth, wanted, strict=True)) if seen is not right]
        if not wrong:
            return _Part(Fraction(1))
        realised = "" if None in truth else name_of(tuple(bool(output) for output in truth), self.inputs)
        facts = {
            "weights": fact(list(unit.weights)),
            "wrong_rows": self._row_inputs(wrong, unit.levels),
            "zero_rows": self._row_inputs([index for index, s in enumerate(features) if s == 0], unit.levels),
            "realised": realised,
            "function": self.function if isinstance(self.function, str) else "",
        }
        return _Part(Fraction(0), Reason(code="wrong_function", facts=facts))

    def _signs(self, features: NDArray[np.float64]) -> tuple[bool | None, ...]:
        """The output for each row; None where s is 0 and the course does not say what that means."""
        at_zero = {"wrong": None, "positive": True, "negative": False}[self.zero]
        return tuple(at_zero if s == 0 else bool(s > 0) for s in features)

    def _row_inputs(self, indices: Sequence[int], levels: Levels) -> list[list[int]]:
        table = rows(self.inputs)
        return [[1 if bit else int(LOW[levels]) for bit in table[index]] for index in indices]

    def _judge_column(self, part: str, capture: Capture, unit: Unit, features: NDArray[np.float64]) -> _Part:
        if capture.value is None:
            verdict = refusal(capture) or undecided("box_failed", detail="")
        else:
            column = column_of(capture.value, unit, last=part == "outputs")
            if column is not None:
                return self._judge_rows(part, column, unit, features)
            verdict = not_readable(capture.value, f"a column of {len(features)} numbers")
        if verdict.credit is None:
            return _Part(Fraction(0), None, at(capture, verdict))
        return _Part(Fraction(0), verdict.reason.model_copy(update={"facts": {**verdict.reason.facts, "part": part}}))

    def _judge_rows(self, part: str, column: NDArray[Any], unit: Unit, features: NDArray[np.float64]) -> _Part:
        signs = self._signs(features)
        if part == "features":
            close = Closeness(self.rtol, self.atol)
            right = [compare(np.asarray(s), np.asarray(e), close) is None for s, e in zip(column, features, strict=True)]
        else:
            right = [sign is not None and y in ((1.0,) if sign else (-1.0, 0.0)) for y, sign in zip(column, signs, strict=True)]
        wrong = [index for index, is_right in enumerate(right) if not is_right]
        if not wrong:
            return _Part(Fraction(1))
        expected = features if part == "features" else [None if s is None else 1 if s else -1 for s in signs]
        facts = {"part": part, "wrong_rows": self._row_inputs(wrong, unit.levels), "rows": len(right)}
        shown = {"seen": fact(column), "expected_value": fact(expected)}
        return _Part(Fraction(sum(right), len(right)), Reason(code="wrong_rows", facts={**facts, **shown}))


@dataclass(frozen=True, slots=True)
class _Part:
    """One part's credit and finding; `undecided` where our side failed."""

    credit: Fraction
    reason: Reason | None = None
    undecided: Verdict | None = None
