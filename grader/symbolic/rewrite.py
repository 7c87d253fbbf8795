"""Trees changed at one place: every sub-tree with a way to put another in its stead."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from fractions import Fraction
from typing import Any, TypeAlias

from grader.symbolic.tree import Entry, Fold, Name, Node, Number, Relation

Rebuild: TypeAlias = Callable[[Node], Node]


@dataclass(frozen=True)
class Place:
    """A sub-tree and the function that gives the whole tree with another in its place."""

    node: Node
    put: Rebuild


def places(tree: Node) -> Iterator[Place]:
    """The tree itself and all below it, outermost first."""
    yield from _places(tree, lambda node: node)


def _places(node: Node, put: Rebuild) -> Iterator[Place]:
    yield Place(node, put)
    for item in fields(node):
        if item.name == "span":
            continue
        yield from _inside(getattr(node, item.name), _Field(node, item.name, put))


class _Field:
    def __init__(self, owner: Node, name: str, put: Rebuild) -> None:
        self.owner, self.name, self.put = owner, name, put

    def __call__(self, value: Any) -> Node:
        changed: dict[str, Any] = {self.name: value}
        return self.put(replace(self.owner, **changed))


def _inside(value: Any, put: Callable[[Any], Node]) -> Iterator[Place]:
    if isinstance(value, Node):
        yield from _places(value, put)
    elif isinstance(value, tuple):
        for k, part in enumerate(value):
            yield from _inside(part, _Item(value, k, put))


class _Item:
    def __init__(self, items: tuple[Any, ...], position: int, put: Callable[[Any], Node]) -> None:
        self.items, self.position, self.put = items, position, put

    def __call__(self, value: Any) -> Node:
        return self.put((*self.items[: self.position], value, *self.items[self.position + 1 :]))


def replaced(tree: Node, old: Node, new: Node) -> Node:
    """The tree with each occurrence of a sub-tree replaced; the tree itself where there is none."""
    changed = _replaced(tree, old, new)
    assert isinstance(changed, Node)
    return changed


def _replaced(tree: Any, old: Node, new: Node) -> Any:
    if isinstance(tree, tuple):
        parts = tuple(_replaced(part, old, new) for part in tree)
        return tree if all(a is b for a, b in zip(parts, tree, strict=True)) else parts
    if not isinstance(tree, Node):
        return tree
    if tree == old:
        return new
    changed = {f.name: _replaced(getattr(tree, f.name), old, new) for f in fields(tree) if f.name != "span"}
    if all(changed[name] is getattr(tree, name) for name in changed):
        return tree
    return replace(tree, **changed)


def with_index(tree: Any, index: str, by: Node, inside: bool = False) -> Any:
    """The tree with a free index replaced where it stands as an index or in a condition."""
    if isinstance(tree, tuple):
        return tuple(with_index(part, index, by, inside) for part in tree)
    if not isinstance(tree, Node):
        return tree
    if isinstance(tree, Name):
        return by if inside and tree.name == index else tree
    if isinstance(tree, Fold) and any(binder.index == index for binder in tree.binders):
        return tree
    if isinstance(tree, Entry):
        return replace(tree, base=with_index(tree.base, index, by), indices=with_index(tree.indices, index, by, inside=True))
    within = inside or isinstance(tree, Relation)
    changed = {f.name: with_index(getattr(tree, f.name), index, by, within) for f in fields(tree) if f.name != "span"}
    return replace(tree, **changed)


def moved(tree: Any, by: int) -> Any:
    """The tree with the span of every node moved, as where its text stands in a longer one."""
    if isinstance(tree, tuple):
        return tuple(moved(part, by) for part in tree)
    if not isinstance(tree, Node):
        return tree
    changed = {f.name: moved(getattr(tree, f.name), by) for f in fields(tree) if f.name != "span"}
    return replace(tree, **changed, span=(tree.span[0] + by, tree.span[1] + by))


def numbered(value: int) -> Number:
    return Number(Fraction(value))
