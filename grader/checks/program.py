"""Kind `program`: a program of the submission, run with given arguments and input; its output and its exit code."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from grader.checks.base import Check, at, first_captured, not_readable, oracle_fault, refusal
from grader.checks.compare import Closeness
from grader.checks.outputs import Difference, Manner, difference
from grader.checks.program_ends import exception_of, lacking, line_of, signal_of
from grader.model.evidence import Capture
from grader.model.probe import Probe, Program
from grader.model.rubric import Answer, Seconds
from grader.model.values import Ran
from grader.model.verdict import Verdict, failed, passed, undecided, waiting

FILE = "{file}"
LONGEST = 300
"""Characters of an output that a reason quotes."""
_NEEDS_A_SHELL = re.compile(r"[|&;<>$`*?\n]|^\w+=")


def _words(value: Any) -> Any:
    """The words of a command; a text is split as a shell splits it, and must need no shell for more than that."""
    if not isinstance(value, str):
        return value
    if _NEEDS_A_SHELL.search(value):
        raise ValueError("this needs a shell: write [sh, -c, '...'], or the words as a list")
    try:
        return shlex.split(value)
    except ValueError as error:
        raise ValueError(f"no command: {error}") from None


Command = Annotated[
    tuple[str, ...],
    BeforeValidator(_words),
    Field(min_length=1),
    WithJsonSchema({"type": ["string", "array"], "items": {"type": "string"}, "examples": ["python {file} 5"]}),
]


class ProgramCheck(Check):
    """A command run in a copy of the submission's folder."""

    kind: Literal["program"] = "program"
    run: Command
    """The command as a text or as words: ``python`` is the interpreter of the box, ``{file}`` the program."""
    of: str = ""
    """A key of the question's ``answer`` under ``files``: the program, whose path takes the place of ``{file}``."""
    input: str = ""
    """What the program reads from its standard input."""
    output: str | None = None
    """What it must print; without it and without `expect`, only the exit code counts."""
    expect: str = ""
    """A program of the reference that takes the place of ``{file}``: what it prints is expected."""
    compare: Manner = "exact"
    """How outputs are compared."""
    rtol: float = Field(default=1e-4, ge=0, lt=1)
    """With ``compare: tokens``, the tolerance of numbers relative to the expected ones."""
    atol: float = Field(default=0.0, ge=0)
    """With ``compare: tokens``, the absolute tolerance of numbers."""
    exit_code: int | None = Field(default=0, ge=-64, le=255)
    """The exit code it must end with; null for any. Below zero: the signal that ends it."""
    time: Seconds = 10.0
    """How long it may run."""
    shown: bool = False
    """What is expected is no secret: students have it in their kit, and see it with a failed check."""

    reads_hostile_text: ClassVar[bool] = True
    needs_place: ClassVar[bool] = False

    @model_validator(mode="after")
    def _fits_together(self) -> ProgramCheck:
        if any(FILE in word for word in self.run) and not self.of:
            raise ValueError(f"`run` has {FILE}, and no `of` says which file that is")
        if self.output is not None and self.expect:
            raise ValueError("give either `output` or `expect`, the reference's program")
        if self.output is None and not self.expect and self.exit_code is None:
            raise ValueError("nothing is expected: neither an `output`, nor the reference's (`expect`), nor an `exit_code`")
        if self.compare == "regex":
            self._check_pattern()
        return self

    def _check_pattern(self) -> None:
        if self.output is None:
            raise ValueError("`compare: regex` needs the pattern in `output`")
        try:
            re.compile(self.output)
        except re.error as error:
            raise ValueError(f"{self.output!r} is no regular expression: {error}") from error

    def probes(self, answer: Answer) -> tuple[Probe, ...]:
        return (self._asking(answer.places[self.of] if self.of else ()),)

    def expected_probes(self, answer: Answer, seen: Sequence[Capture], oracle: str = "") -> tuple[Probe, ...]:
        name = oracle or self.expect
        return (self._asking((name,)),) if name else ()

    def _asking(self, names: tuple[str, ...]) -> Program:
        return Program(names=names, command=self.run, input=self.input, seconds=self.time)

    def literal(self, value: Any) -> tuple[Capture, ...]:
        return (Capture.of(Ran(exit_code=self.exit_code or 0, stdout=str(value))),)

    def judge(self, seen: Sequence[Capture], expected: Sequence[Capture]) -> Verdict:
        if fault := oracle_fault(expected):
            return fault
        capture = first_captured(seen)
        if capture.value is None:
            return refusal(capture) or undecided("box_failed", detail=capture.detail)
        if not isinstance(capture.value, Ran):
            return at(capture, not_readable(capture.value, "program"))
        right = next((each.value for each in expected), None)
        if right is not None and (not isinstance(right, Ran) or self.ending(right)):
            return undecided("no_oracle", status="captured", message="the reference's program does not end as it must", names=[])
        wanted = right.stdout if isinstance(right, Ran) else self.output
        return at(capture, self.ending(capture.value) or self._judge_output(capture.value.stdout, wanted, right is None))

    def ending(self, ran: Ran) -> Verdict | None:
        """What is wrong with how a program ended, whatever it printed; None if nothing is."""
        if ran.cut:
            return failed("output_flood", most=len(ran.stdout))
        if self.exit_code is None or ran.exit_code == self.exit_code:
            return None
        error = exception_of(ran)
        if fault := lacking(ran, self.run):
            return waiting(fault.reason(error))
        said = "" if error else ran.stderr.strip()[-LONGEST:]
        facts = {"kind": error.kind, "message": error.message, "line": line_of(ran)} if error else {"said": said}
        return failed("program_exit", seen=ran.exit_code, expected=self.exit_code, signal=signal_of(ran), **facts)

    def _judge_output(self, seen: str, wanted: str | None, is_literal: bool) -> Verdict:
        if wanted is None:
            return passed()
        manner = self.compare if is_literal or self.compare != "regex" else "included"  # a mistake's output is no pattern
        found = difference(seen, wanted, manner, Closeness(self.rtol, self.atol))
        return passed() if found is None else self._differs(found, manner)

    def _differs(self, found: Difference, manner: Manner) -> Verdict:
        right = {"told" if self.shown else "expected_value": found.expected[:LONGEST]}
        if manner in ("included", "regex"):
            return failed("output_lacks", excerpt=found.seen[:LONGEST], manner=manner, **right)
        return failed("output_differs", line=found.line, seen=found.seen[:LONGEST], manner=manner, **right)
