"""Functions applied: entry by entry by their rule, or the built-in ones on whole arrays."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

from grader.symbolic.dual import Scalar
from grader.symbolic.evaluation import Evaluation, Indices
from grader.symbolic.functions import FUNCTIONS, Function, differentiated
from grader.symbolic.matrices import diagonal
from grader.symbolic.tree import Apply, Reduce
from grader.symbolic.troubles import IllFormed, NotUnderstood, shape_text
from grader.symbolic.values import Array, Fill, Value, combine, folded, mapped, scalar, scaled, sized, stacked, summed, transpose

Builtin: TypeAlias = Callable[[Evaluation, Sequence[Value]], Value]


def apply(ev: Evaluation, node: Apply, at: Indices) -> Value:
    """A declared function entry by entry, or a built-in one."""
    function = ev.world.point.program.functions.get(node.function)
    arguments = [ev.value(argument, at) for argument in node.arguments]
    if function is not None and len(arguments) == 1:
        return _entrywise(ev, node, function, sized(arguments[0]))
    builtin = BUILTINS.get(node.function.removeprefix("\\"))
    if builtin is None:
        raise NotUnderstood("unknown_function", name=node.function)
    if node.primes:
        raise NotUnderstood("prime_of_builtin", name=node.function)
    ev.scalars.site = f"{id(node)}"
    return builtin(ev, arguments)


def _entrywise(ev: Evaluation, node: Apply, function: Function, argument: Array) -> Array:
    items = []
    ev.budget.spend(4 * len(argument.items))
    for k, item in enumerate(argument.items):
        ev.scalars.site = f"{id(node)}/{k}"
        items.append(differentiated(ev.scalars, function, item, node.primes))
    return Array(argument.shape, tuple(items))


def reduce(ev: Evaluation, node: Reduce, at: Indices) -> Value:
    """NumPy's ``.sum``, ``.mean``, ``.max``, ``.prod``."""
    value = ev.array(node.operand, at)
    ev.scalars.site = f"{id(node)}"
    if node.kind in ("sum", "mean"):
        total = summed(value, node.axis, node.keepdims)
        return total if node.kind == "sum" else _shared(ev, total, len(value.items) // max(1, len(total.items)))
    if node.kind == "max":
        return folded(value, node.axis, node.keepdims, lambda items: _greatest(ev, items))
    return folded(value, node.axis, node.keepdims, _product)


def _shared(ev: Evaluation, total: Array, count: int) -> Array:
    share = ev.scalars.inverse(count)
    return mapped(total, lambda item: item * share)


def _product(items: Sequence[Scalar]) -> Scalar:
    result: Scalar = 1
    for item in items:
        result = result * item
    return result


def _greatest(ev: Evaluation, items: Sequence[Scalar]) -> Scalar:
    site, best = ev.scalars.site, items[0]
    for k, item in enumerate(items[1:]):
        ev.scalars.site = f"{site}/{k}"
        best = best + ev.scalars.apply(FUNCTIONS["relu"], item - best)
    ev.scalars.site = site
    return best


def _one(arguments: Sequence[Value]) -> Value:
    if len(arguments) != 1:
        raise NotUnderstood("arguments", count=len(arguments))
    return arguments[0]


def _two(arguments: Sequence[Value]) -> tuple[Array, Array]:
    if len(arguments) != 2:
        raise NotUnderstood("arguments", count=len(arguments))
    return sized(arguments[0]), sized(arguments[1])


def _diag(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    value = _one(arguments)
    if isinstance(value, Fill):
        if value.identity:
            raise NotUnderstood("fill_of_unknown_size")
        return Fill(identity=value.ones)
    return diagonal(value)


def _trace(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    value = sized(_one(arguments))
    if value.is_scalar:
        return value
    if len(value.shape) != 2 or value.shape[0] != value.shape[1]:
        raise IllFormed("trace_not_square", shape=shape_text(value.shape))
    return summed(diagonal(value), None, keepdims=False)


def _vec(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    return stacked(sized(_one(arguments)), ev.environment.vec)


def _sum(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    return summed(sized(_one(arguments)), None, keepdims=False)


def _mean(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    value = sized(_one(arguments))
    return _shared(ev, summed(value, None, keepdims=False), len(value.items))


def _max(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    if len(arguments) == 1:
        return scalar(_greatest(ev, sized(arguments[0]).items))
    return greater(ev, *_two(arguments))


def _min(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    if len(arguments) == 1:
        return scalar(-_greatest(ev, [-item for item in sized(arguments[0]).items]))
    left, right = (mapped(value, lambda item: -item) for value in _two(arguments))
    return scaled(greater(ev, left, right), -1)


def greater(ev: Evaluation, left: Array, right: Array) -> Array:
    """The greater of two, entry by entry: b + relu(a - b)."""
    gap = combine(left, right, lambda a, b: a - b, "max_shapes")
    site, items = ev.scalars.site, []
    for k, item in enumerate(gap.items):
        ev.scalars.site = f"{site}/{k}"
        items.append(ev.scalars.apply(FUNCTIONS["relu"], item))
    return combine(right, Array(gap.shape, tuple(items)), lambda a, b: a + b, "max_shapes")


def _softmax(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    """exp over the sum of exp, along the declared axis of a matrix or all of a vector."""
    powers = mapped(sized(_one(arguments)), lambda item: ev.scalars.apply(FUNCTIONS["exp"], item))
    if powers.is_vector:
        share = ev.scalars.inverse(summed(powers, None, keepdims=False).items[0])
        return mapped(powers, lambda item: item * share)
    shares = mapped(summed(powers, ev.environment.softmax_axis, keepdims=True), ev.scalars.inverse)
    return combine(powers, shares, lambda a, b: a * b, "softmax_shapes")


def _transpose(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    return transpose(_one(arguments))


def _norm(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    squares = summed(_square(ev, arguments), None, keepdims=False)
    return mapped(squares, lambda item: ev.scalars.apply(FUNCTIONS["sqrt"], item))


def _square(ev: Evaluation, arguments: Sequence[Value]) -> Array:
    return mapped(_one(arguments), lambda item: item * item)


def _inner(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    left, right = _two(arguments)
    if left.is_vector and right.is_vector:
        left, right = stacked(left), stacked(right)  # a row and a column have an inner product as well
    return summed(combine(left, right, lambda a, b: a * b, "elementwise_shapes"), None, keepdims=False)


def _log_of_base(base: int) -> Builtin:
    def logarithm(ev: Evaluation, arguments: Sequence[Value]) -> Value:
        share = ev.scalars.inverse(ev.scalars.apply(FUNCTIONS["log"], base))
        return mapped(_one(arguments), lambda item: ev.scalars.apply(FUNCTIONS["log"], item) * share)

    return logarithm


def _sech(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    return mapped(_one(arguments), lambda item: ev.scalars.inverse(ev.scalars.apply(FUNCTIONS["cosh"], item)))


def _log_softmax(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    return mapped(_softmax(ev, arguments), lambda item: ev.scalars.apply(FUNCTIONS["log"], item))


def _log_sum_exp(ev: Evaluation, arguments: Sequence[Value]) -> Value:
    powers = mapped(sized(_one(arguments)), lambda item: ev.scalars.apply(FUNCTIONS["exp"], item))
    total = summed(powers, None, keepdims=False)
    return mapped(total, lambda item: ev.scalars.apply(FUNCTIONS["log"], item))


BUILTINS: Mapping[str, Builtin] = {
    "diag": _diag,
    "Diag": _diag,
    "diagonal": _diag,
    "tr": _trace,
    "Tr": _trace,
    "trace": _trace,
    "vec": _vec,
    "sum": _sum,
    "mean": _mean,
    "max": _max,
    "maximum": _max,
    "min": _min,
    "minimum": _min,
    "softmax": _softmax,
    "Softmax": _softmax,
    "transpose": _transpose,
    "norm": _norm,
    "square": _square,
    "inner": _inner,
    "sech": _sech,
    "log2": _log_of_base(2),
    "log10": _log_of_base(10),
    "lg": _log_of_base(10),
    "logsoftmax": _log_softmax,
    "LogSoftmax": _log_softmax,
    "logsumexp": _log_sum_exp,
    "LSE": _log_sum_exp,
}
"""What is not entry by entry, by its canonical name."""
