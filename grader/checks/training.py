"""Kind `training`: the curve a training run recorded, or the weights it ended with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, Literal

import numpy as np
from pydantic import Field, model_validator

from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal
from grader.checks.compare import Closeness
from grader.checks.curves import SHORTEST, Behaviour, Curve, behaves, compare_curves, name_of, read_curve
from grader.checks.literals import fact
from grader.model.evidence import Capture
from grader.model.probe import Look, Probe
from grader.model.rubric import Answer
from grader.model.values import Record
from grader.model.verdict import Reason, Verdict, failed, graded, passed, undecided


class TrainingCheck(Check):
    """A recorded curve behaves as it must and, where a reference is named, agrees with it; or trained weights do."""

    kind: Literal["training"] = "training"
    of: str
    """A key of the question's ``answer``: a list or array, one number an epoch or step; or weights, to compare."""
    behaviour: Behaviour | Literal["none"] = "none"
    """What the curve does: ``falls``, ``diverges``, ``oscillates``, ``plateaus``, or ``none`` to leave that open."""
    length: int | None = Field(default=None, ge=1)
    """Number of entries; those of `offset` more or less are accepted."""
    below: float | None = None
    """The last entry is less than this."""
    above: float | None = None
    """The last entry is more than this."""
    expect: str = ""
    """The name in the reference to compare with; without it and without `value`, nothing is compared."""
    value: Any = None
    """The expected curve as a literal; only where the reference cannot compute it."""
    rtol: float = Field(default=1e-3, ge=0, lt=1)
    """Tolerance relative to each expected entry."""
    atol: float = Field(default=1e-8, ge=0)
    """Absolute tolerance of each entry."""
    offset: tuple[int, ...] = Field(default=(0,), min_length=1)
    """Entries by which recording may begin later (1) or earlier (-1) than the reference's: before or after the first update."""
    factor: float = Field(default=10.0, gt=1)
    """A curve diverges that ends above this many times its first entry, or leaves the finite numbers."""
    partial: bool = False
    """Each fulfilled requirement earns its share; by default all must be fulfilled."""

    @model_validator(mode="after")
    def _asks_something(self) -> TrainingCheck:
        asked = (self.length, self.below, self.above, self.value, self.expect or None)
        if self.behaviour == "none" and all(each is None for each in asked):
            raise ValueError("give at least one of `behaviour`, `length`, `below`, `above`, `expect`")
        return self

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (Look(names=answer.places[self.of]),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        name = oracle or self.expect
        return (Look(names=(name,)),) if name else ()

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if not expected and self.value is not None:
            expected = self.literal(self.value)
        if fault := oracle_fault(expected):
            return fault
        right = read_curve(expected[0].value) if expected and expected[0].value is not None else None
        if (self.expect or expected) and right is None:
            return undecided("no_oracle", status="captured", message="the expected value is no curve", names=[self.expect])
        capture = first_captured(seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail=capture.detail)
        curve = read_curve(capture.value)
        if curve is not None:
            return at(capture, self._judge_curve(curve, right))
        if isinstance(capture.value, Record):
            return at(capture, undecided("several_curves", seen_type=capture.value.python))
        return at(capture, not_readable(capture.value, "list of numbers"))

    def _judge_curve(self, curve: Curve, right: Curve | None) -> Verdict:
        notes: tuple[Reason, ...] = ()
        outcomes = list(self._requirements(curve))
        if right is not None:
            best = compare_curves(curve, right, self.offset, Closeness(self.rtol, self.atol))
            outcomes.append(best.mismatch.reason() if best.mismatch else None)
            if best.offset and best.mismatch is None:
                notes = (Reason(code="offset", facts={"offset": best.offset}),)
        wrong = tuple(outcome for outcome in outcomes if outcome)
        if not wrong:
            return passed(length=int(curve.size)).model_copy(update={"notes": notes})
        share = Fraction(len(outcomes) - len(wrong), len(outcomes)) if self.partial else Fraction(0)
        verdict = graded(share, wrong[0].code, **wrong[0].facts) if share else failed(wrong[0].code, **wrong[0].facts)
        return verdict.model_copy(update={"parts": wrong if len(wrong) > 1 or share else ()})

    def _requirements(self, curve: Curve) -> Iterator[Reason | None]:
        """A reason, or None where it is fulfilled, for each requirement of the curve itself."""
        if self.length is not None:
            lengths = {self.length, *(self.length + sign * offset for offset in self.offset for sign in (1, -1))}
            facts = {"seen": int(curve.shape[0]), "expected": self.length}
            yield None if curve.ndim == 1 and curve.size in lengths else Reason(code="curve_length", facts=facts)
        if self.behaviour != "none":
            yield self._behaviour(curve, self.behaviour)
        last = float(curve.reshape(-1)[-1]) if curve.size else float("nan")
        # both written so that NaN fulfils neither
        if self.below is not None and not last < self.below:
            yield Reason(code="final_value", facts={"seen": fact(last), "expected": f"below {self.below}"})
        elif self.below is not None:
            yield None
        if self.above is not None and not last > self.above:
            yield Reason(code="final_value", facts={"seen": fact(last), "expected": f"above {self.above}"})
        elif self.above is not None:
            yield None

    def _behaviour(self, curve: Curve, behaviour: Behaviour) -> Reason | None:
        if curve.ndim != 1:
            facts = {"seen_type": f"array of shape {curve.shape}", "expected_type": "one number for each epoch"}
            return Reason(code="wrong_type", facts=facts)
        if curve.size < SHORTEST:
            return Reason(code="curve_short", facts={"seen": int(curve.size), "least": SHORTEST})
        if behaves(curve, behaviour, self.factor):
            return None
        strange = ~np.isfinite(curve)
        if strange.any():
            return Reason(code="not_finite", facts={"seen": fact(float(curve[strange][0])), "index": [int(np.argmax(strange))]})
        return Reason(code="behaviour", facts={"seen": name_of(curve, self.factor), "expected": behaviour})
