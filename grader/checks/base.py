"""What every check kind is: a frozen model whose fields are the rubric's schema, its probes, and its judgement."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field, model_validator

from grader.checks.blame import environment_fault
from grader.model.base import Exact, Frozen
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import Look, Probe
from grader.model.rubric import Answer, Visibility
from grader.model.values import Opaque, Text, Value
from grader.model.verdict import Reason, Verdict, failed, undecided, waiting


class _Known(Frozen):
    """A wrong or right answer known in advance: computed by the reference (`expect`) or given as a literal (`value`)."""

    expect: str = ""
    value: Any = None
    says: str

    @model_validator(mode="after")
    def _has_one_source(self) -> _Known:
        if bool(self.expect) == ("value" in self.model_fields_set):
            raise ValueError("give either `expect` (a name in the reference) or `value` (a literal)")
        return self


class Mistake(_Known):
    """A wrong answer known in advance.

    `expect` names the value in the reference (``mistakes.no_relu_mask``) that makes this mistake; `value` is a literal instead.
    """

    id: str = ""
    credit: Exact = Field(default=Fraction(0), ge=0, lt=1)


class Also(_Known):
    """Another answer that is right, under another convention (``1/K`` for ``1/(2K)``): full credit, and the report says which."""


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

    model_config = {**Frozen.model_config, "use_attribute_docstrings": True}

    id: str = Field(min_length=1, max_length=60)
    kind: str
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

    names_own_mistakes: ClassVar[bool] = False
    """The kind recognises its mistakes itself, while it judges."""
    reads_hostile_text: ClassVar[bool] = False
    """Judging takes work that depends on what a student wrote: it is done in a process with limits."""

    needs_place: ClassVar[bool] = True
    """It looks at one place of the question's answer; otherwise it may look at the submission as a whole."""

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

    def as_read(self, seen: Sequence[Capture]) -> tuple[Capture, ...]:
        """The captures with what a report says in the place of the report, for the steps that build on this one."""
        return tuple(seen)

    def corrected(self, read: str) -> tuple[Capture, ...]:
        """The captures that stand for a reading which a human corrected.

        Raises:
            ValueError: this is no answer that the kind could read.
        """
        return (Capture.of(Text(text=read, length=len(read))),)

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

    def oracle(self, expected: Sequence[Capture]) -> Sequence[Capture]:
        """What is expected: the reference's captures, or the literal when the rubric gives one and none were taken."""
        return self.literal(self.value) if not expected and self.value is not None else expected


def first_captured(seen: Sequence[Capture]) -> Capture:
    """The answer among several places: the first that holds a value, else what tells most about why none does.

    A broken box comes before an exception or a time-out, and these before all that is missing.
    """
    for status in (CaptureStatus.CAPTURED, CaptureStatus.BOX_FAILED, CaptureStatus.RAISED, CaptureStatus.TIMED_OUT):
        for capture in seen:
            if capture.status is status:
                return capture
    looked_for = tuple(name for capture in seen for name in capture.looked_for)
    nearest = tuple(name for capture in seen for name in capture.nearest)
    why = next((capture.detail for capture in seen if capture.detail), "")
    return Capture(status=CaptureStatus.MISSING, looked_for=looked_for, nearest=nearest, detail=why)


def value_of(expected: Sequence[Capture]) -> Value | None:
    """The reference's value; None if nothing was asked or nothing came."""
    return expected[0].value if expected else None


def at(capture: Capture, verdict: Verdict, *notes: Reason) -> Verdict:
    """The verdict with the place it is about, and with more notes."""
    return verdict.model_copy(update={"place": capture.place, "notes": (*verdict.notes, *notes)})


def not_readable(value: Value, wanted: str) -> Verdict:
    """FAILED for a value of a type the check cannot use; UNDECIDED where only its beginning was carried."""
    from grader.checks.literals import describe, is_cut

    if isinstance(value, Opaque):
        return failed("not_carried", type=value.python, why=value.why)
    if is_cut(value):
        return undecided("cut", seen_type=describe(value))
    return failed("wrong_type", seen_type=describe(value), expected_type=wanted)


def refusal(capture: Capture) -> Verdict | None:
    """The verdict when a student's capture holds no value: missing, raised, timed out or a broken box; None if it holds one."""
    if capture.status is CaptureStatus.CAPTURED:
        return None
    if capture.status is CaptureStatus.BOX_FAILED:
        return undecided("box_failed", detail=capture.detail)
    if capture.status is CaptureStatus.MISSING:
        told = {"why": capture.detail} if capture.detail else {}
        return failed("missing", looked_for=list(capture.looked_for), nearest=list(capture.nearest), **told)
    if capture.status is CaptureStatus.TIMED_OUT:
        return failed("timed_out", detail=capture.detail)
    error = capture.error
    if error and (fault := environment_fault(error)):
        return waiting(fault.reason(error))
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


def stopped() -> Verdict:
    """UNDECIDED for a check whose judging was stopped at its limits: a student's text asked for too much."""
    return undecided("too_much_work")
