"""Check kinds: one a file, listed in `KINDS`; `Rubric` is the rubric whose checks are of these kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, TypeAlias, Union

from pydantic import Field

from grader.checks.array import ArrayCheck
from grader.checks.base import Check
from grader.checks.call import CallCheck
from grader.checks.choice import ChoiceCheck
from grader.checks.cost_table import CostTableCheck
from grader.checks.derivation import DerivationCheck
from grader.checks.figure import FigureCheck
from grader.checks.formula import FormulaCheck
from grader.checks.manual import ManualCheck
from grader.checks.network import NetworkCheck
from grader.checks.number import NumberCheck
from grader.checks.program import ProgramCheck
from grader.checks.property import PropertyCheck
from grader.checks.relation import RelationCheck
from grader.checks.saved_file import SavedFileCheck
from grader.checks.source import SourceCheck
from grader.checks.text import TextCheck
from grader.checks.training import TrainingCheck
from grader.checks.truth_table import TruthTableCheck
from grader.model import rubric

KINDS: dict[str, type[Check]] = {
    "choice": ChoiceCheck,
    "number": NumberCheck,
    "array": ArrayCheck,
    "call": CallCheck,
    "truth_table": TruthTableCheck,
    "source": SourceCheck,
    "text": TextCheck,
    "manual": ManualCheck,
    "network": NetworkCheck,
    "cost_table": CostTableCheck,
    "training": TrainingCheck,
    "saved_file": SavedFileCheck,
    "program": ProgramCheck,
    "figure": FigureCheck,
    "derivation": DerivationCheck,
    "formula": FormulaCheck,
    "relation": RelationCheck,
    "property": PropertyCheck,
}

if TYPE_CHECKING:
    AnyCheck: TypeAlias = Check
else:
    AnyCheck = Annotated[Union[tuple(KINDS.values())], Field(discriminator="kind")]  # noqa: UP007 a union made of a table

Question = rubric.Question[AnyCheck]
Rubric = rubric.Rubric[AnyCheck]

__all__ = ["KINDS", "AnyCheck", "Check", "Question", "Rubric"]
