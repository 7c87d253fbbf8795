"""What a rule of evaluation is given: the world, the conventions of one reading, and the way back to the value of a part."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Self, TypeAlias

from grader.symbolic.environment import Environment, Layout
from grader.symbolic.points import Budget, World
from grader.symbolic.scalars import Scalars
from grader.symbolic.tree import Node
from grader.symbolic.values import Array, Value, sized

Indices: TypeAlias = Mapping[str, int]
"""Index letter -> its value, in the counting of the text."""

NO_INDICES: Indices = {}


@dataclass(frozen=True)
class Convention:
    """The conventions of one attempt: the layout, and the size of fills that no neighbour determines."""

    layout: Layout
    fill_size: int | None = None
    generous: bool = False
    """Abused notation is read as it was probably meant: tried last, and only ever to find that both sides agree."""


@dataclass
class Evaluation(ABC):
    """One evaluation of trees in one world; ``notes`` collects how they were read.

    The rules for the kinds of nodes see this class only. Which rule a node has is known to `grader.symbolic.evaluate`, which
    stands above them all.
    """

    world: World
    convention: Convention
    notes: set[str] = field(default_factory=set)
    within_derivative: bool = False

    @abstractmethod
    def value(self, node: Node, at: Indices = NO_INDICES) -> Value:
        """The value of a node with the indices set."""

    @property
    def environment(self) -> Environment:
        return self.world.point.program.environment

    @property
    def scalars(self) -> Scalars:
        return self.world.point.scalars

    @property
    def budget(self) -> Budget:
        return self.world.point.budget

    def array(self, node: Node, at: Indices = NO_INDICES) -> Array:
        """The value, which must have a size of its own."""
        return sized(self.value(node, at))

    def inside(self, world: World) -> Self:
        """The same reading in the world of a derivative."""
        return replace(self, world=world, within_derivative=True)

    def resolved(self, name: str, label: str = "") -> str:
        """The declared name that a written name stands for, or the name itself."""
        environment, program = self.environment, self.world.point.program
        full = f"{name}^{label}" if label else name
        for written in (full, name) if label else (full,):
            if program.knows(written):
                return written
            if written in environment.aliases:
                return environment.aliases[written]
        return environment.entries.get(name, full)

    def knows(self, name: str) -> bool:
        return name in self.world.extra or self.world.point.program.knows(name)
