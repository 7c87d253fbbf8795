"""What a cost table must say: rows from a traced network or from a table, and what explains a cell that says otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import TypeAlias

from grader.checks.cost_cells import Shape, read_counts, read_shape
from grader.checks.cost_lines import Wanted
from grader.checks.cost_names import SHAPE_COLUMNS, layer_at
from grader.checks.cost_rows import Reading, read_tables
from grader.checks.network_steps import BUFFERS
from grader.model.values import Layer, Network, Value

Cell: TypeAlias = Shape | int


@dataclass(frozen=True, slots=True)
class Row:
    """One layer's expected cells by column; `bias_counted` says whether parameters and MACs include the bias."""

    label: str
    cells: Mapping[str, Cell] = field(default_factory=dict)
    bias_counted: bool = False

    def shape(self, column: str) -> Shape:
        cell = self.cells.get(column, ())
        return cell if isinstance(cell, tuple) else ()


def expected_rows(value: Value, wanted: Wanted, bias: bool) -> tuple[Row, ...] | None:
    """A row for every layer wanted; None when the value is neither a network nor a table with all of them."""
    if isinstance(value, Network):
        layers = _chosen(value, wanted)
        labelled = zip(wanted.layers, layers, strict=False)
        return tuple(_row(labels[0], layer, bias) for labels, layer in labelled) if layers else None
    tables = read_tables(value, wanted)
    best = max(tables, key=lambda table: table.filled, default=None)
    return _table_rows(best, wanted, bias) if best else None


def _chosen(network: Network, wanted: Wanted) -> tuple[Layer, ...]:
    """The network's layers that the labels mean: by name, else all layers with a weight when there are as many as labels."""
    named = []
    for labels in wanted.layers:
        found = [layer for layer in network.layers if layer.leaf and _is_named(layer.name, labels)]
        named.extend(found[:1])
    if len(named) == len(wanted.layers):
        return tuple(named)
    weighted = tuple(layer for layer in network.layers if layer.leaf and _weight(layer))
    return weighted if len(weighted) == len(wanted.layers) else ()


def _is_named(name: str, labels: Sequence[str]) -> bool:
    return any(layer_at(text, [labels]) is not None for text in (name, name.rsplit(".", 1)[-1]))


def _weight(layer: Layer) -> tuple[int, ...]:
    return next((parameter.shape for parameter in layer.parameters if parameter.name == "weight"), ())


def _row(label: str, layer: Layer, bias: bool) -> Row:
    cells: dict[str, Cell] = {"weight": _weight(layer)}
    if layer.input_shapes:
        cells["input"] = layer.input_shapes[0]
    biased = bias and any(parameter.name == "bias" for parameter in layer.parameters)
    cells["parameters"] = sum(p.count for p in layer.parameters if p.name not in BUFFERS and (bias or p.name != "bias"))
    if layer.output_shapes:
        cells["output"] = layer.output_shapes[0]
    if layer.macs is not None:
        cells["macs"] = layer.macs + (prod(layer.output_shapes[0]) if biased and layer.output_shapes else 0)
    return Row(label, cells, biased)


def _table_rows(table: Reading, wanted: Wanted, bias: bool) -> tuple[Row, ...]:
    rows = []
    for index, labels in enumerate(wanted.layers):
        read = {column: read_cell(column, text) for (at, column), text in table.cells.items() if at == index}
        rows.append(Row(labels[0], {column: cell for column, cell in read.items() if cell is not None}, bias))
    return tuple(rows)


def read_cell(column: str, text: str) -> Cell | None:
    """A cell's first reading as a shape or a whole number."""
    if column in SHAPE_COLUMNS:
        return read_shape(text)
    whole = [int(count.value) for count in read_counts(text) if count.value.denominator == 1]
    return whole[0] if whole else None


def follows(column: str, count: int, own: Mapping[str, Shape], row: Row) -> bool:
    """The count is right for the row's own shapes, at least one of which is not the expected one.

    Parameters are the product of the weight's extents; MACs are the outputs of one example times the multiplications of one
    output, that is the product of the weight's extents without the first.
    """
    used = ("weight",) if column == "parameters" else ("weight", "output")
    if all(same_shape(own[name], row.shape(name)) for name in used if name in own):
        return False
    weight, output = own.get("weight", row.shape("weight")), own.get("output", row.shape("output"))
    return count == cost(column, weight, output, row.bias_counted)


def cost(column: str, weight: Shape, output: Shape, bias: bool) -> int | None:
    """Parameters or MACs of a convolution or linear layer with these shapes; None where they are not whole."""
    extents = [extent or 1 for extent in weight]
    if not extents:
        return None
    if column == "parameters":
        return prod(extents) + (extents[0] if bias else 0)
    rank = max(len(extents) - 1, 1)  # an output without its batch axis: channels and as many spatial axes as the kernel has
    outputs = prod(extent or 1 for extent in output[-rank:])
    return outputs * (prod(extents[1:]) + (1 if bias else 0))


def same_shape(seen: Shape, expected: Shape) -> bool:
    """Equal, a batch axis apart that is left out or written as a letter."""
    if not seen or len(seen) != len(expected):
        return bool(seen) and seen == expected[1:]
    return seen[1:] == expected[1:] and seen[0] in (None, expected[0])


def slip_in_shape(seen: Shape, expected: Shape) -> str:
    """The known way in which a shape is wrong: ``batch``, ``order``, ``off_by_one``, or ""."""
    if len(seen) != len(expected) or None in seen or None in expected:
        return ""
    if seen[1:] == expected[1:]:
        return "batch"
    if sorted(extent or 0 for extent in seen) == sorted(extent or 0 for extent in expected):
        return "order"
    apart = [abs((a or 0) - (b or 0)) for a, b in zip(seen, expected, strict=True)]
    return "off_by_one" if len(seen) > 2 and not any(apart[:2]) and max(apart) == 1 else ""


def slip_in_count(column: str, count: int, row: Row) -> str:
    """The known way in which a count is wrong: bias, output size, doubled, other column; or ""."""
    right = row.cells.get(column)
    if not isinstance(right, int):
        return ""
    biases = (row.shape("weight") or (0,))[0] or 0
    if column == "macs":
        biases = prod(extent or 1 for extent in row.shape("output"))
    other = row.cells.get("parameters" if column == "macs" else "macs")
    known = {
        right + biases: "" if row.bias_counted else "with_bias",
        right - biases: "without_bias" if row.bias_counted else "",
        2 * right: "doubled",
        other: "no_output_size" if column == "macs" else "other_column",
    }
    return known.get(count, "") if count != right else ""
