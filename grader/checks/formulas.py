"""What the kinds `derivation` and `formula` share: a declared problem, where the answer stands, the formulas of the rubric."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import Field, ValidationError, model_validator

from grader.checks.base import Mistake
from grader.checks.literals import as_text
from grader.checks.written import WrittenCheck
from grader.model.base import Exact, Frozen
from grader.model.rubric import Names
from grader.model.values import Array, Scalar, Section, Value
from grader.model.verdict import Verdict
from grader.symbolic.decide import Decider
from grader.symbolic.environment import Environment, Layout
from grader.symbolic.environments import named
from grader.symbolic.read import read_formula
from grader.symbolic.shapes import symbols_of
from grader.symbolic.tree import Node
from grader.symbolic.troubles import NotUnderstood


class FormulaMistake(Mistake):
    """A wrong formula known in advance, recognised by its value however it is written."""

    formula: str = Field(default="", min_length=1)

    @model_validator(mode="after")
    def _has_one_source(self) -> FormulaMistake:
        if self.expect or "value" in self.model_fields_set or not self.formula:
            raise ValueError("give `formula`: what a student who makes this mistake writes")
        return self


class OwnFormulas(Frozen):
    """Credit for a formula that is right given the student's own earlier, wrong ones for these quantities."""

    quantities: tuple[str, ...] = Field(min_length=1)
    credit: Exact = Field(default=Fraction(1), gt=0, le=1)


class FormulaKind(WrittenCheck):
    """A formula for a quantity of a declared problem, decided by value under the rubric's conventions."""

    names_own_mistakes: ClassVar[bool] = True
    reads_hostile_text: ClassVar[bool] = True

    environment: str | Environment
    """A declared problem: the name of a built-in one (``grader derive --list``), or its fields."""
    conventions: dict[str, Any] = Field(default_factory=dict)
    """Fields of the environment that this rubric sets otherwise; mappings are added to."""
    quantity: str = Field(min_length=1)
    r"""What is asked for: ``\frac{\partial L}{\partial W_1}``, ``\nabla X`` or a defined name."""
    reference: Names
    """Right formulas, which the linter proves; the first is the one shown."""
    layouts: tuple[Layout | Literal["transpose"], ...] = ()
    """Layouts that are right; the first is the declared one. Empty: as the environment says."""
    allowed_in_final: tuple[str, ...] | None = None
    """Symbols that a final formula may use; by default as the environment says."""
    by_entries: bool = True
    """Whether a formula for the entries answers as well."""
    mistakes: tuple[FormulaMistake, ...] = ()
    own: OwnFormulas | None = None
    """Credit for what is right given the student's own earlier formula for other quantities."""

    @model_validator(mode="after")
    def _is_sound(self) -> FormulaKind:
        """The environment exists, takes the conventions, and all formulas of the rubric are read."""
        try:
            self.problem  # noqa: B018 - read now, so that the rubric's faults are found when it is loaded
        except KeyError as error:
            raise ValueError(str(error.args[0])) from error
        except ValidationError as error:
            raise ValueError("; ".join(e["msg"].removeprefix("Value error, ") for e in error.errors())) from error
        except NotUnderstood as error:
            said = error.fields.get("problem") or error.fields.get("name") or error.code
            raise ValueError(f"the formula {error.fields.get('formula', '')} is not understood: {said}") from error
        if len({m.id for m in self.mistakes}) < len(self.mistakes):
            raise ValueError("each mistake needs an `id` of its own")
        return self

    @cached_property
    def declared(self) -> Environment:
        """The environment with the rubric's conventions."""
        base = named(self.environment) if isinstance(self.environment, str) else self.environment
        fields = base.model_dump(exclude_unset=True)
        for name, value in self.conventions.items():
            old = fields.get(name)
            fields[name] = {**old, **value} if isinstance(old, Mapping) and isinstance(value, Mapping) else value
        if self.layouts:
            fields["accept"] = self.layouts[1:]
            if self.layouts[0] != "transpose":
                fields["layout"] = self.layouts[0]
        if self.allowed_in_final is not None:
            fields["allowed_in_final"] = self.allowed_in_final
        return Environment.model_validate(fields)

    @cached_property
    def problem(self) -> Problem:
        """Everything read and ready to decide.

        Raises:
            NotUnderstood: a formula of the rubric cannot be read.
        """
        environment = self.declared
        decider = Decider(environment)
        return Problem(
            decider=decider,
            quantity=_tree(self.quantity, environment),
            references=tuple(_tree(text, environment) for text in self.reference),
            mistakes={m.id: _tree(m.formula, environment) for m in self.mistakes},
            own=tuple(_tree(text, environment) for text in (self.own.quantities if self.own else ())),
        )

    def text_of(self, value: Value) -> str | None:
        """A number is a formula as well."""
        if isinstance(value, Scalar) or (isinstance(value, Array) and value.data.size == 1):
            return as_text(value)
        return super().text_of(value)

    def judge_written(self, text: str, value: Value, other: Value | None) -> Verdict:
        """`other` is another right answer (`also`): a formula as text, or a number."""
        problem = self.problem if other is None else self.problem.asking(_tree(as_text(other), self.declared))
        return self.judge_text(text, isinstance(value, Section), problem)

    @abstractmethod
    def judge_text(self, text: str, is_document: bool, problem: Problem) -> Verdict:
        """The verdict on a text; `is_document` when formulas stand in it among words."""


def _tree(text: str, environment: Environment) -> Node:
    """A formula of the rubric, in any of the styles."""
    reading = read_formula(text, symbols_of(environment))
    sides = [side for chain in reading.chains for side in chain.sides]
    if len(sides) != 1 or sides[0].tree is None:
        raise NotUnderstood("formula_not_read", formula=text, problem="; ".join(p.text for p in reading.problems))
    return sides[0].tree


@dataclass(frozen=True)
class Problem:
    """A check's formulas as trees, and what decides them."""

    decider: Decider
    quantity: Node
    references: tuple[Node, ...]
    mistakes: Mapping[str, Node]
    own: tuple[Node, ...] = ()
    other: Node | None = None
    """Another right answer to compare with, in place of the quantity's own value."""

    def asking(self, other: Node) -> Problem:
        """The same problem with another right answer."""
        return Problem(self.decider, self.quantity, self.references, self.mistakes, self.own, other)
