"""What a declared environment says about a spelling: the reader's view of `Symbols`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from grader.symbolic.reading import Symbols
from grader.symbolic.tree import Add, Entry, Gradient, Name, Negative, Node, Number, Span
from grader.symbolic.vocabulary import FUNCTIONS, LOOSE, SAME_NAME

_ACCENT: Final = re.compile(r"\\(hat|bar|tilde|check|dot|ddot)\s*\{?\s*\\?([A-Za-z]+)\s*\}?")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9]+\Z")
_LABELLED: Final = re.compile(r"(.+)\^[\[({]*([A-Za-z0-9+\-]+)[\])}]*\Z")
_GRADIENT: Final = re.compile(r"(?:grad|\\?nabla)\s+(.+)\Z")


def canonical(name: str) -> str:
    """The form names have in a tree: ``\\hat{y}`` is ``yhat``, ``W_{1}`` is ``W_1``, ``\\ell`` is ``ell``."""
    if "\\" not in name and "{" not in name:
        return name.strip()
    folded = _ACCENT.sub(r"\2\1", name)
    return re.sub(r"\\(?:vec|mathbf|boldsymbol|mathrm|text|operatorname)|[\\{}\s]", "", folded)


@dataclass(frozen=True, slots=True)
class Names:
    """The declared names in canonical form, and how a base with indices is to be read among them."""

    shapes: dict[str, tuple[str | int, ...]]
    functions: frozenset[str]
    entries: dict[str, str]
    aliases: dict[str, str]
    labels: frozenset[str]
    losses: frozenset[str]
    dims: frozenset[str]
    words: frozenset[str]
    longest: int
    indices: frozenset[str]

    @staticmethod
    def of(symbols: Symbols) -> Names:
        """Prepare the names that an environment declares."""
        shapes = {canonical(name): shape for name, shape in symbols.shapes.items()}
        entries = {canonical(name): canonical(whole) for name, whole in symbols.entries.items()}
        aliases = {_alias_key(name): target for name, target in symbols.aliases.items()}
        functions = frozenset(map(canonical, symbols.functions))
        losses, dims = frozenset(map(canonical, symbols.losses)), frozenset(map(canonical, symbols.dims))
        declared = {*shapes, *entries, *aliases, *functions, *losses, *dims}
        words = frozenset(name for name in declared if _WORD.match(name))
        labels = frozenset(label.replace(" ", "").replace("\\", "") for label in symbols.labels)
        longest = max(map(len, words), default=0)
        return Names(shapes, functions, entries, aliases, labels, losses, dims, words, longest, symbols.indices)

    def declares(self, name: str) -> bool:
        """True for a name that stands for something other than a bound index."""
        known = name in self.shapes or name in self.aliases or name in self.functions
        return known or name in self.dims or name in self.losses or name in self.entries

    def is_function(self, name: str) -> bool:
        """True for a name that is applied to arguments, declared or generally known."""
        target = self.aliases.get(name, name)
        if target in self.functions:
            return True
        if name in self.shapes or name in self.dims or name in self.entries:
            return False
        return target in FUNCTIONS or (name in LOOSE and name not in self.losses)

    def function_name(self, name: str) -> str:
        """The canonical function behind a spelling."""
        target = self.aliases.get(name, name)
        return target if target in self.functions or name in self.aliases else SAME_NAME.get(target, target)

    def axes(self, name: str) -> int | None:
        """How many indices an entry of this name takes, where that is declared; column vectors take one."""
        shape = self.shapes.get(name, self.shapes.get(self.entries.get(name, "")))
        return None if shape is None else sum(size != 1 for size in shape)

    def node(self, name: str, label: str, span: Span) -> Node:
        """The tree of a name, through its alias where it has one."""
        labelled = self.aliases.get(f"{name}^{label}") if label else None
        if labelled is not None:
            return self._target(labelled, "", span)
        if name in self.aliases:
            return self._target(self.aliases[name], label, span)
        return Name(name, label, span=span)

    def _target(self, target: str, label: str, span: Span) -> Node:
        gradient = _GRADIENT.match(target)
        if gradient:
            return Gradient(self._target(gradient[1], label, span), span=span)
        own = _LABELLED.match(target)
        if own:
            return Name(canonical(own[1]), own[2], span=span)
        return Name(canonical(target), label, span=span)

    def entry(self, name: str, label: str, indices: tuple[Node, ...], span: Span) -> Node:
        """``x_{ij}``: an entry of ``x`` where that has so many axes, else of the array it is declared an entry of."""
        whole = self.entries.get(name)
        fits = name in self.shapes and len(indices) <= len(self.shapes[name])
        if whole is not None and not fits:
            return Entry(self.node(whole, label, span), indices, span=span)
        first = indices[0]
        if isinstance(first, Number) and not self.declares(name) and len(indices) > 1:
            numbered = f"{name}_{first.value}"
            if self.declares(numbered):
                return self.entry(numbered, label, indices[1:], span)
        moment = f"{name}_{_moment(first)}"
        if len(indices) > 1 and moment in self.aliases:
            base = self.node(moment, label, span)
            return Entry(base, indices[1:], span=span)
        base = self.node(name, label, span)
        if isinstance(base, Gradient):
            return Gradient(Entry(base.wrt, indices, span=span), base.of, span=span)
        return Entry(base, indices, span=span)

    def counts(self, name: str, label: str, below: int) -> bool:
        """Whether a superscript is the number of an example, as in ``x^{(i)}``, on an array that has an axis left for it."""
        axes = self.axes(self.aliases.get(name, name))
        return label in self.indices and label not in self.labels and axes is not None and 0 < axes > below

    def numbered(self, word: str) -> str | None:
        """``W2`` for a declared ``W_2``; None when nothing of the kind is declared."""
        match = re.fullmatch(r"(.*[A-Za-z])([0-9]+)", word)
        spelled = f"{match[1]}_{match[2]}" if match else word
        return spelled if self.declares(spelled) else None


def _moment(index: Node) -> str:
    """``t`` or ``t-1``, as it stands in the name of an array at that time."""
    if isinstance(index, Name):
        return index.name
    if isinstance(index, Add) and len(index.terms) == 2 and isinstance(index.terms[0], Name):
        later = index.terms[1]
        step = later.operand if isinstance(later, Negative) else later
        sign = "-" if isinstance(later, Negative) else "+"
        return f"{index.terms[0].name}{sign}{step.value}" if isinstance(step, Number) else ""
    return ""


def _alias_key(name: str) -> str:
    labelled = _LABELLED.match(name)
    return f"{canonical(labelled[1])}^{labelled[2]}" if labelled else canonical(name)
