"""What a derivation question declares: sizes, given arrays, definitions, a loss, and the conventions of the rubric."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self, TypeAlias

from pydantic import Field, field_validator, model_validator

from grader.model.base import Frozen
from grader.symbolic.functions import FUNCTIONS, SPELLINGS
from grader.symbolic.names import canonical
from grader.symbolic.reading import Symbols

Layout: TypeAlias = Literal["denominator", "numerator", "mixed"]
"""``numerator``: dy/dx has a row per y and dl/dX the shape of X transposed; ``denominator``: all of it transposed, dl/dX
has the shape of X; ``mixed``: Jacobians as in numerator layout, gradients of scalars in the shape of X."""

Slice: TypeAlias = Literal["row", "column", "row_as_column", "column_as_row", "natural"]
"""How ``x_r`` with one index too few reads: as row r, as column r, either turned, or ``natural``: by the declared range of
the index letter, a row for the first axis and a column for the second."""

DEFAULT_LOSSES = ("L", "l", "J", "ell", "loss")


class Environment(Frozen):
    """A declared problem against which formulas are decided; every field can be written in YAML.

    ``defs`` and ``loss`` are formulas in NumPy style (``W_1 @ x_1 + b_1``), in the order of computation. With ``upstream``
    instead of a loss, the gradient of the named array is itself given (``{Y: G}`` means loss = sum(G * Y)).
    """

    name: str = ""
    title: str = ""
    dims: dict[str, int] = Field(default_factory=dict)
    leaves: dict[str, tuple[str | int, ...]] = Field(default_factory=dict)
    defs: dict[str, str] = Field(default_factory=dict)
    loss: str = ""
    upstream: dict[str, str] = Field(default_factory=dict)
    losses: tuple[str, ...] = DEFAULT_LOSSES
    soft: tuple[str, ...] = ()
    """Defined names that the question does not mention, so that a student may use them for something else."""
    entries: dict[str, str] = Field(default_factory=dict)
    aliases: dict[str, str] = Field(default_factory=dict)
    labels: tuple[str, ...] = ()
    functions: dict[str, str] = Field(default_factory=dict)
    """Name -> ``generic``, a built-in function (``relu``, ``sigmoid``, ``tanh`` ...), or another declared name."""
    positive: tuple[str, ...] = ()
    onehot: dict[str, int] = Field(default_factory=dict)
    """Name -> the axis along which a single 1 stands."""
    true_class: tuple[str, ...] = ()
    """Letters that stand for the place of the 1 in the first one-hot vector; a text may say so as well."""
    axis: dict[str, int] = Field(default_factory=dict)
    """Index letter -> axis, for sums over an index that is not written on the array ("sum_j X")."""
    indices: dict[str, str] = Field(default_factory=dict)
    """Index letter -> dimension it runs over, where usage alone does not tell."""
    slices: dict[str, Slice] = Field(default_factory=dict)
    base: Literal[0, 1] = 1
    layout: Layout = "denominator"
    accept: tuple[Layout | Literal["transpose"], ...] = ()
    """Other layouts that count as right (``transpose``: the transposed answer as well)."""
    vec: Literal["columns", "rows"] = "columns"
    """How vec stacks a matrix; also the order of the entries in a Jacobian by a matrix."""
    einstein: bool = False
    juxtaposed_elementwise: bool = False
    """Whether ``A B`` of equal shapes may be read entry by entry (reported as abuse)."""
    softmax_axis: int = 1
    zero_outside: tuple[str, ...] = ()
    """Arrays whose entries outside the borders are 0 (padding)."""
    data: dict[str, Any] = Field(default_factory=dict)
    """Given numbers of leaves, for sub-questions with numeric answers."""
    allowed_in_final: tuple[str, ...] = ()
    """Names a final answer may use; ``grad Y`` for the gradient of Y. Empty: no restriction."""

    @field_validator("losses")
    @classmethod
    def _losses_as_read(cls, losses: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(map(canonical, losses)))

    @field_validator("functions")
    @classmethod
    def _functions_are_known(cls, functions: dict[str, str]) -> dict[str, str]:
        for name, rule in functions.items():
            if rule != "generic" and rule not in FUNCTIONS and rule not in SPELLINGS and rule not in functions:
                known = ", ".join(sorted(FUNCTIONS))
                raise ValueError(f"function {name}: unknown rule {rule!r}; one of generic, {known}")
        return functions

    @model_validator(mode="after")
    def _names_are_declared(self) -> Self:
        faults = [
            f"leaf {name}: unknown size {size!r}"
            for name, shape in self.leaves.items()
            for size in shape
            if not self._is_size(size)
        ]
        faults += [f"{name} is both given and defined" for name in self.leaves if name in self.defs]
        known = set(self.leaves) | set(self.defs)
        for field in ("positive", "onehot", "zero_outside", "data", "upstream", "soft"):
            faults += [f"{field}: {name} is not declared" for name in getattr(self, field) if name not in known]
        faults += [
            f"entries: {name} stands for {array}, which is not declared"
            for name, array in self.entries.items()
            if array not in known
        ]
        faults += [f"index {index}: unknown size {size!r}" for index, size in self.indices.items() if not self._is_size(size)]
        if self.loss and self.upstream:
            faults.append("give either a loss or an upstream gradient")
        if faults:
            raise ValueError("; ".join(faults))
        return self

    def _is_size(self, size: str | int) -> bool:
        return isinstance(size, int) or size in self.dims or size.isdigit()

    def size(self, size: str | int) -> int:
        """A declared size as a number."""
        return self.dims[size] if size in self.dims else int(size)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a leaf in numbers."""
        return tuple(self.size(size) for size in self.leaves[name])

    def declared_symbols(self, defined: Mapping[str, tuple[int, ...]]) -> Symbols:
        """What the readers must know, from known shapes of the definitions; those not known are taken for scalars."""
        shapes: dict[str, tuple[str | int, ...]] = {**self.leaves, **dict.fromkeys(self.defs, ()), **defined}
        for name, upstream in self.upstream.items():
            shapes.setdefault(upstream, shapes.get(name, ()))
        return Symbols(
            dims=frozenset(self.dims),
            shapes=shapes,
            functions=frozenset(self.functions),
            entries=dict(self.entries),
            aliases={**self._differentials(), **self.aliases},
            labels=frozenset(self.labels),
            indices=frozenset(self.indices),
            losses=frozenset(self.losses),
        )

    def _differentials(self) -> dict[str, str]:
        """``dW`` for the gradient by a given array, and ``dx`` where x names the entries of X: how code spells it."""
        if not (self.loss or self.upstream):
            return {}
        letters = {name: name for name in (*self.leaves, *self.upstream)}
        letters |= {entry: array for entry, array in self.entries.items() if array in letters and entry not in self.dims}
        found: dict[str, str] = {}
        for letter, array in letters.items():
            by_loss = (f"d{loss}_d{letter}" for loss in self.losses)
            found |= dict.fromkeys((f"d{letter}", f"grad_{letter}", f"{letter}_grad", *by_loss), f"grad {array}")
        return found

    def layouts(self) -> tuple[Layout, ...]:
        """The declared layout first, then the others in a fixed order."""
        others: tuple[Layout, ...] = ("numerator", "denominator", "mixed")
        return (self.layout, *(layout for layout in others if layout != self.layout))
