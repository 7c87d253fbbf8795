"""What every check kind is: a frozen model whose fields are the rubric's schema, its probes, and its judgement."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from pydantic import Field

from grader.model.base import Exact, Frozen
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Probe
from grader.model.rubric import Answer, Visibility
from grader.model.verdict import Verdict, failed, undecided


class Mistake(Frozen):
    """A wrong answer known in advance.

    `expect` names the value in the reference (``mistakes.no_relu_mask``) that makes this mistake; `value` is a literal instead.
    """

    id: str = ""
    expect: str = ""
    value: Any = None
    says: str
    credit: Exact = Field(default=Fraction(0), ge=0, lt=1)


class Also(Frozen):
    """Another answer that is right, under another convention (``1/K`` for ``1/(2K)``): full credit, and the report says which."""

    expect: str = ""
    value: Any = None
    says: str


class FollowThrough(Frozen):
    """Credit for a step that is right given the student's own earlier wrong value.

    The reference function `using` is called with the captured values of the checks in `from`, in that order; what it
    returns takes the place of the expected value.
    """

    model_config = {**Frozen.model_config, "validate_by_name": True, "validate_by_alias": True}

    from_: tuple[str, ...] = Field(alias="from", min_length=1)
    using: str
    credit: Exact = Field(default=Fraction(1), gt=0, le=1)


class Check(Frozen):
    """One thing looked at within a question. `points` belong to scoring alone; a check gives credit."""

    id: str = Field(min_length=1, max_length=60)
    points: Exact = Field(ge=0)
    title: str = ""
    hint: str = ""
    """Shown to the student with a failed check; never the expected value."""
    visibility: Visibility = Visibility.VISIBLE
    needs: tuple[str, ...] = ()
    """Checks (``id`` in the same question, or ``question/id``) that must not have failed."""
    also: tuple[Also, ...] = ()
    mistakes: tuple[Mistake, ...] = ()
    follow_through: FollowThrough | None = None

    def places(self) -> tuple[str, ...]:
        """The keys of the question's answer this check refers to, for the rubric's linter."""
        of = getattr(self, "of", None)
        return (of,) if isinstance(of, str) and of else ()

    @abstractmethod
    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        """What to observe in the student's submission; several probes are alternatives or parts, as the kind says."""

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        """What to observe in the reference, given what was seen; `oracle` replaces the reference's own name (a mistake)."""
        return ()

    def literal(self, value: Any) -> tuple[Capture, ...]:
        """What stands for the reference's captures when a rubric gives a mistake (or the expected value) as a literal."""
        from grader.checks.literals import to_value

        return (Capture.of(to_value(value)),)

    @abstractmethod
    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        """The verdict, from captures in the order of `probes` and `expected_probes`. Pure: no points, no input or output."""


class OracleCheck(Check):
    """A check of one place against the same name in the reference."""

    of: str
    """A key of the question's ``answer``."""
    expect: str = ""
    """The name in the reference, when it is not `of`."""
    value: Any = None
    """The expected value as a literal; only where the reference cannot compute it."""

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (Look(names=answer.places[self.of]),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        if self.value is not None and not oracle:
            return ()
        return (Look(names=(oracle or self.expect or self.of,)),)


def refusal(capture: Capture) -> Verdict | None:
    """The verdict when a student's capture holds no value: missing, raised, timed out or a broken box; None if it holds one."""
    if capture.status is CaptureStatus.CAPTURED:
        return None
    if capture.status is CaptureStatus.BOX_FAILED:
        return undecided("box_failed", detail=capture.detail)
    if capture.status is CaptureStatus.MISSING:
        return failed("missing", looked_for=list(capture.looked_for), nearest=list(capture.nearest))
    if capture.status is CaptureStatus.TIMED_OUT:
        return failed("timed_out", detail=capture.detail)
    error = capture.error
    return failed(
        "raised",
        kind=error.kind if error else "",
        message=error.message if error else "",
        line=error.frames[-1].model_dump() if error and error.frames else None,
    )


def oracle_fault(expected: Sequence[Capture]) -> Verdict | None:
    """UNDECIDED when the reference has no value: our fault, never the student's."""
    for capture in expected:
        if capture.status is not CaptureStatus.CAPTURED:
            message = capture.error.message if capture.error else capture.detail
            return undecided("no_oracle", status=capture.status.value, message=message, names=list(capture.looked_for))
    return None
