"""Multiplications of weights (MACs) of one traced operation, bias left out.

Each weight of a convolution is used once for every output position, each weight of a transposed convolution once for every
input position, and each weight of a linear map once for every row (Goodfellow, Bengio, Courville, Deep Learning, 2016, section
9.1; Dumoulin and Visin, arXiv:1603.07285). So MACs = positions x number of weights; groups are in the number of weights, padded
positions count as any other. A recurrent network uses each of its matrices once a time step and row; attention is counted by its
four projections, as the products of queries with keys hold no weights. An embedding looks up and multiplies nothing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

IsWeight = Callable[[Any], bool]
Arguments = dict[str, Any]


def macs_of(name: str, args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    """MACs of the operation of this name; 0 for one that multiplies no weights, or that is not known to."""
    count = _COUNTS.get(name)
    return int(count(args, kwargs, result, is_weight)) if count is not None else 0


def _argument(args: Sequence[Any], kwargs: Arguments, place: int, name: str) -> Any:
    return args[place] if place < len(args) else kwargs.get(name)


def _convolution(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    weight = _argument(args, kwargs, 1, "weight")
    return result.numel() // weight.shape[0] * weight.numel() if is_weight(weight) else 0


def _transposed(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    given, weight = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "weight")
    return given.numel() // weight.shape[0] * weight.numel() if is_weight(weight) else 0


def _linear(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    given, weight = _argument(args, kwargs, 0, "input"), _argument(args, kwargs, 1, "weight")
    return given.numel() // weight.shape[-1] * weight.numel() if is_weight(weight) else 0


def _bilinear(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    weight = _argument(args, kwargs, 2, "weight")
    return result.numel() // weight.shape[0] * weight.numel() if is_weight(weight) else 0


def _product(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    """Size of the result times that of the summed dimension, for any of the matrix products."""
    left, right = args[0], args[1] if len(args) > 1 else next(iter(kwargs.values()))
    return result.numel() * left.shape[-1] if is_weight(left) != is_weight(right) else 0


def _added_product(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    left, right = args[1], args[2]
    return result.numel() * left.shape[-1] if is_weight(left) != is_weight(right) else 0


def _reversed_product(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    return _product((args[1], args[0]), kwargs, result, is_weight)


def _tensordot(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    left, right = args[0], args[1]
    if is_weight(left) == is_weight(right) or not result.numel():
        return 0
    return int(result.numel()) * math.isqrt(left.numel() * right.numel() // result.numel())


def _einsum(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    """The product of the sizes of all its letters, for two operands of which one holds weights."""
    equation = args[0]
    operands = list(args[1]) if len(args) == 2 and isinstance(args[1], list | tuple) else list(args[1:])
    if not isinstance(equation, str) or len(operands) != 2 or is_weight(operands[0]) == is_weight(operands[1]):
        return 0
    sizes: dict[str, int] = {}
    for letters, operand in zip(equation.replace(" ", "").split("->")[0].split(","), operands, strict=True):
        if "." in letters:
            return 0
        sizes.update(zip(letters, (int(side) for side in operand.shape), strict=True))
    return math.prod(sizes.values())


def _recurrent(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    rows = int(args[0].numel() // args[0].shape[-1])
    lists = (each for each in args if isinstance(each, list | tuple) and each and all(map(is_weight, each)))
    return rows * sum(int(weight.numel()) for weight in next(lists, ()) if weight.dim() == 2)


def _recurrent_cell(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    rows = int(args[0].numel() // args[0].shape[-1])
    return rows * sum(int(each.numel()) for each in args if is_weight(each) and each.dim() == 2)


def _attention(args: Sequence[Any], kwargs: Arguments, result: Any, is_weight: IsWeight) -> int:
    query, key, value = args[:3]
    rows = [each.numel() // each.shape[-1] for each in (query, key, value)]
    joint, out = _argument(args, kwargs, 5, "in_proj_weight"), _argument(args, kwargs, 11, "out_proj_weight")
    if is_weight(joint):
        projections = sum(rows) * joint.numel() // 3
    else:
        split: list[Any] = [kwargs.get(f"{letter}_proj_weight") for letter in "qkv"]
        projections = sum(row * weight.numel() for row, weight in zip(rows, split, strict=True) if is_weight(weight))
    return int(projections + rows[0] * out.numel())


_COUNTS: dict[str, Callable[[Sequence[Any], Arguments, Any, IsWeight], int]] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _convolution),
    **dict.fromkeys(("conv_transpose1d", "conv_transpose2d", "conv_transpose3d"), _transposed),
    "linear": _linear,
    "bilinear": _bilinear,
    **dict.fromkeys(("matmul", "mm", "bmm", "mv", "dot", "inner", "chain_matmul"), _product),
    "rmatmul": _reversed_product,
    **dict.fromkeys(("addmm", "addmv", "baddbmm"), _added_product),
    "tensordot": _tensordot,
    "einsum": _einsum,
    **dict.fromkeys(("lstm", "gru", "rnn_tanh", "rnn_relu"), _recurrent),
    **dict.fromkeys(("lstm_cell", "gru_cell", "rnn_tanh_cell", "rnn_relu_cell"), _recurrent_cell),
    "multi_head_attention_forward": _attention,
}
