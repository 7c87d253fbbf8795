"""The checks of a rubric, each with its question, in an order in which every prerequisite comes first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from grader.checks import AnyCheck, Question, Rubric
from grader.model.probe import Probe


@dataclass(frozen=True)
class Item:
    """One check with the question it belongs to. `name` is ``question/check``, unique in a rubric."""

    question: Question
    check: AnyCheck

    @property
    def name(self) -> str:
        return f"{self.question.id}/{self.check.id}"

    @cached_property
    def probes(self) -> tuple[Probe, ...]:
        """What is observed in a submission for this check."""
        return self.check.probes(self.question.answer)

    def resolve(self, name: str) -> str:
        """The full name of a check that `needs` or `from` mentions."""
        return name if "/" in name else f"{self.question.id}/{name}"


def items_of(rubric: Rubric) -> tuple[Item, ...]:
    """All checks in the rubric's order."""
    return tuple(Item(question, check) for question in rubric.questions for check in question.checks)


def prerequisites(item: Item, rubric: Rubric) -> tuple[str, ...]:
    """The names of the checks that must not have failed: those the check names, and all of the questions its question names."""
    own = [item.resolve(name) for name in item.check.needs]
    theirs = [f"{q.id}/{c.id}" for q in rubric.questions if q.id in item.question.needs for c in q.checks]
    return tuple(dict.fromkeys(own + theirs))


def in_order(rubric: Rubric) -> tuple[Item, ...]:
    """The checks, prerequisites first. The rubric's rules have refused cycles."""
    items = {item.name: item for item in items_of(rubric)}
    done: dict[str, Item] = {}

    def visit(name: str) -> None:
        item = items.get(name)
        if item is None or name in done:
            return
        for need in prerequisites(item, rubric):
            visit(need)
        done[name] = item

    for name in items:
        visit(name)
    return tuple(done.values())
