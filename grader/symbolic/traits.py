"""What a tree shows without being evaluated: derivatives, stacking, numbers only."""

from __future__ import annotations

from fractions import Fraction

from grader.symbolic.tree import (
    Add,
    Apply,
    Derivative,
    Filled,
    Gradient,
    Indicator,
    Inverse,
    Matrix,
    Name,
    Negative,
    Node,
    Number,
    Product,
    Reshape,
)


def some(tree: Node, *kinds: type[Node]) -> bool:
    """Whether a node of one of the kinds occurs."""
    return isinstance(tree, kinds) or any(some(child, *kinds) for child in tree.children())


def names_in(tree: Node) -> set[str]:
    """All names that occur in a tree."""
    found = {tree.name} if isinstance(tree, Name) else set()
    for child in tree.children():
        found |= names_in(child)
    return found


def uses_derivative(tree: Node) -> bool:
    return some(tree, Derivative, Gradient)


def uses_slope(tree: Node) -> bool:
    """Whether a derivative is written, also as a prime on a function."""
    primed = isinstance(tree, Apply) and tree.primes > 0
    return primed or isinstance(tree, Derivative | Gradient) or any(map(uses_slope, tree.children()))


def mentions_fill(tree: Node) -> bool:
    """Whether 0, 1 or I is written without its size."""
    return (isinstance(tree, Filled) and not tree.shape) or any(mentions_fill(child) for child in tree.children())


def is_masked(tree: Node) -> bool:
    """Whether a product with an indicator is written, which may be meant entry by entry whatever its sign."""
    return isinstance(tree, Product) and any(isinstance(part, Indicator) for part in (tree.left, tree.right))


def is_slope(tree: Node) -> bool:
    """``s (1 - s)``: the slope of the sigmoid at each entry, which no one means as a product of matrices."""
    if not isinstance(tree, Product) or tree.operator in ("kronecker", "matmul"):
        return False
    return any(b == Add((Number(Fraction(1)), Negative(a))) for a, b in ((tree.left, tree.right), (tree.right, tree.left)))


def is_primed(tree: Node) -> bool:
    """``W'``, which may be the transpose."""
    return isinstance(tree, Name) and tree.name.endswith("'")


def _has_another_sense(tree: Node) -> bool:
    if isinstance(tree, Product) and tree.operator in ("kronecker", "star", "dot"):
        return True
    return isinstance(tree, Inverse | Derivative) or is_masked(tree) or is_slope(tree) or is_primed(tree)


def allows_good_will(tree: Node) -> bool:
    """Whether something is written that has another sense when it is read with good will."""
    return _has_another_sense(tree) or any(allows_good_will(child) for child in tree.children())


def uses_stacking(tree: Node) -> bool:
    """Whether vec or a Kronecker product is written, and not undone by a reshape around it."""
    if isinstance(tree, Reshape):
        return False
    if isinstance(tree, Product) and tree.operator == "kronecker":
        return True
    if isinstance(tree, Apply) and tree.function == "vec":
        return True
    return any(uses_stacking(child) for child in tree.children())


def is_numeric(tree: Node) -> bool:
    """Whether the tree is given in particular numbers: no names, and numbers other than 0, 1 and the like."""
    return not some(tree, Name, Derivative, Gradient, Filled) and _has_particular_number(tree)


def _has_particular_number(tree: Node) -> bool:
    if isinstance(tree, Number):
        return tree.value.denominator > 4 or abs(tree.value) > 2
    if isinstance(tree, Matrix):
        return True
    return any(_has_particular_number(child) for child in tree.children())


def decimals_of(seen: Node, expected: Node) -> int | None:
    """The fewest decimals of a number that stands alone or in an array on either side; None if both are exact formulas."""
    told = [_decimals(tree) for tree in (seen, expected) if is_numeric(tree)]
    found = [places for places in told if places is not None]
    return min(found) if found else None


def _decimals(tree: Node) -> int | None:
    if isinstance(tree, Number):
        places, denominator = 0, tree.value.denominator
        while denominator > 1 and denominator % 10 == 0 and places < 12:
            places, denominator = places + 1, denominator // 10
        for odd in (5, 2):
            extra = 0
            while denominator % odd == 0 and extra < 12:
                extra, denominator = extra + 1, denominator // odd
            places += extra
        return places if denominator == 1 and places > 0 else None
    below = [found for found in map(_decimals, tree.children()) if found is not None]
    return max(below) if below else None
