"""Plain values: what a capture brings out of the box, and what a probe carries in.

The union `Value` is closed: whatever a student's object claims to be, it arrives as one of these or as `Opaque`. Array data
travels beside the JSON as blobs (`.npy` bytes); `blobs` in the validation context maps their keys to bytes, and `put` in
the serialisation context stores bytes and returns the key.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import (
    Field,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    ValidationInfo,
    WithJsonSchema,
)

from grader.model.base import Frozen

BlobReader: TypeAlias = Mapping[str, bytes]
BlobWriter: TypeAlias = Callable[[bytes], str]


def _load_array(value: Any, info: ValidationInfo) -> NDArray[Any]:
    if isinstance(value, np.ndarray):
        return value
    if not isinstance(value, dict) or set(value) != {"blob"}:
        raise ValueError("array data must be a blob")
    blobs: BlobReader = (info.context or {}).get("blobs", {})
    key = value["blob"]
    if key not in blobs:
        raise ValueError(f"blob {key!r} is not there")
    return read_npy(blobs[key])


def _dump_array(value: NDArray[Any], info: SerializationInfo) -> dict[str, str]:
    put: BlobWriter | None = (info.context or {}).get("put")
    if put is None:
        raise ValueError("a value with array data needs a place for its blobs")
    return {"blob": put(write_npy(value))}


def read_npy(data: bytes) -> NDArray[Any]:
    """The array in `.npy` bytes; never unpickles.

    Raises:
        ValueError: the bytes are not a plain array, or hold more or fewer bytes than the header says.
    """
    stream = io.BytesIO(data)
    array: NDArray[Any] = np.lib.format.read_array(stream, allow_pickle=False)
    if stream.tell() != len(data):
        raise ValueError("bytes left over after the array")
    return array


def write_npy(array: NDArray[Any]) -> bytes:
    """The `.npy` bytes of a plain (not object) array."""
    stream = io.BytesIO()
    np.lib.format.write_array(stream, np.asarray(array), allow_pickle=False)
    return stream.getvalue()


Data = Annotated[
    NDArray[Any],
    PlainValidator(_load_array),
    PlainSerializer(_dump_array),
    WithJsonSchema({"type": "object", "properties": {"blob": {"type": "string"}}, "required": ["blob"]}),
]


class Scalar(Frozen):
    """A Python number, bool or None; `python` is its type's name (``int``, ``float``, ``numpy.float64``)."""

    type: Literal["scalar"] = "scalar"
    value: bool | int | float | None
    imaginary: float = 0.0
    python: str = ""


class Text(Frozen):
    """A string; `length` is that of the whole, of which `text` may be the beginning."""

    type: Literal["text"] = "text"
    text: str
    length: int = -1


class Array(Frozen):
    """A numpy array or torch tensor.

    `dtype` is the student's (``float32``, ``bfloat16``); `data` may be wider where numpy has no such type.
    """

    type: Literal["array"] = "array"
    data: Data
    dtype: str = ""
    library: Literal["numpy", "torch", "other"] = "numpy"
    device: str = "cpu"
    requires_grad: bool = False
    grad: Array | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return tuple(int(n) for n in self.data.shape)


class Sequence(Frozen):
    """A list, tuple, set or other iterable of known length; `items` may be its beginning."""

    type: Literal["sequence"] = "sequence"
    python: str
    items: tuple[Value, ...]
    length: int


class Pair(Frozen):
    key: Value
    value: Value


class Record(Frozen):
    """A dict or other mapping, in its own order; `entries` may be its beginning."""

    type: Literal["record"] = "record"
    python: str
    entries: tuple[Pair, ...]
    length: int


class Table(Frozen):
    """Rows of cell texts: a DataFrame, a Markdown or HTML table, or printed columns."""

    type: Literal["table"] = "table"
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    source: Literal["dataframe", "markdown", "html", "printed", "list"] = "dataframe"
    caption: str = ""
    """What a report says it is: its caption, or the words right before it."""


class Parameter(Frozen):
    """One named parameter or buffer of a network."""

    name: str
    shape: tuple[int, ...]
    dtype: str
    trainable: bool
    count: int


class Layer(Frozen):
    """One module of a network, in the order of first use in the traced pass (unused ones last).

    `settings` are its plain attributes (``in_channels``, ``kernel_size``, ``stride`` ...); `parameters` its own, not its
    children's. `macs` counts the multiplications of its weights in the traced pass, bias left out.
    """

    name: str
    kind: str
    bases: tuple[str, ...] = ()
    settings: dict[str, bool | int | float | str | tuple[int, ...] | None] = Field(default_factory=dict)
    parameters: tuple[Parameter, ...] = ()
    input_shapes: tuple[tuple[int, ...], ...] = ()
    output_shapes: tuple[tuple[int, ...], ...] = ()
    macs: int | None = None
    calls: int = 0
    leaf: bool = True


class Operation(Frozen):
    """One traced operation that is no module: ``relu``, ``max_pool2d`` with its arguments, ``flatten`` ... in order."""

    name: str
    arguments: tuple[str, ...] = ()
    input_shape: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()


class Network(Frozen):
    """An `nn.Module` as built and as traced on the probe's inputs."""

    type: Literal["network"] = "network"
    python: str
    layers: tuple[Layer, ...]
    operations: tuple[Operation, ...] = ()
    state: dict[str, Array] = Field(default_factory=dict)
    gradients: dict[str, Array] = Field(default_factory=dict)
    inputs: tuple[Value, ...] = ()
    outputs: tuple[Value, ...] = ()
    error: Raised | None = None
    """Set when it could be built but the traced pass raised."""


class Line(Frozen):
    """A drawn line: its data, label and style. `z` only in 3-D axes."""

    x: Data
    y: Data
    z: Data | None = None
    label: str = ""
    style: str = ""
    marker: str = ""


class Points(Frozen):
    """A scatter: offsets in data coordinates. `z` only in 3-D axes."""

    x: Data
    y: Data
    z: Data | None = None
    label: str = ""


class Bars(Frozen):
    """A histogram or bar chart: left edges, widths and heights of one container."""

    left: Data
    width: Data
    height: Data
    label: str = ""
    histogram: bool = False


class Picture(Frozen):
    """The data of one imshow/matshow, reduced to at most 256 x 256."""

    shape: tuple[int, ...]
    data: Data


class Axes(Frozen):
    title: str = ""
    xlabel: str = ""
    ylabel: str = ""
    zlabel: str = ""
    xscale: str = "linear"
    yscale: str = "linear"
    projection: str = ""
    legend: tuple[str, ...] = ()
    lines: tuple[Line, ...] = ()
    points: tuple[Points, ...] = ()
    bars: tuple[Bars, ...] = ()
    surfaces: int = 0
    pictures: tuple[Picture, ...] = ()
    texts: tuple[str, ...] = ()


class Figure(Frozen):
    """A matplotlib figure as it stood when shown, closed or at the end of its cell."""

    type: Literal["figure"] = "figure"
    axes: tuple[Axes, ...]
    title: str = ""
    part: str = ""
    cell: int | None = None
    headings: tuple[str, ...] = ()
    variable: str = ""
    png: Data | None = None
    """uint8 bytes of the PNG, shape (n,)."""


class Frame(Frozen):
    """One line of a student's own traceback; `cell` counts code and text cells from 0, None in a module."""

    file: str
    line: int
    function: str = ""
    code: str = ""
    cell: int | None = None


class Raised(Frozen):
    """An exception as it left the student's code; `frames` are the student's own lines, outermost first."""

    kind: str
    message: str
    frames: tuple[Frame, ...] = ()
    missing_module: str = ""
    """The module an ImportError was about; "" otherwise."""


class Outcome(Frozen):
    """What one call gave: a value or an exception; `mutated` lists arguments that were changed in place."""

    value: Value | None = None
    error: Raised | None = None
    mutated: tuple[str, ...] = ()


class Calls(Frozen):
    """The outcomes of a function on the cases of a probe, in their order."""

    type: Literal["calls"] = "calls"
    outcomes: tuple[Outcome, ...]


class Source(Frozen):
    """Source text: of the parts of a submission, or of one function or class."""

    type: Literal["source"] = "source"
    texts: dict[str, str]
    """By part path (and ``#cell`` for cells), IPython magics already turned into comments."""


class Printed(Frozen):
    """What the cells wrote, in order: one entry a cell (or module), with the headings it stands under."""

    part: str
    cell: int | None
    headings: tuple[str, ...] = ()
    text: str = ""


class Output(Frozen):
    type: Literal["output"] = "output"
    printed: tuple[Printed, ...]


class Section(Frozen):
    """What was written under a heading: text and the tables in it, and where."""

    type: Literal["section"] = "section"
    part: str
    heading: str
    text: str
    tables: tuple[Table, ...] = ()
    cells: tuple[int, ...] = ()


class Content(Frozen):
    """A file the submission wrote or brought, as bytes (uint8, shape (n,)), with its whole size."""

    type: Literal["content"] = "content"
    name: str
    size: int
    data: Data


class Ran(Frozen):
    """How a program ended, and what it wrote: of `stdout` the beginning, of `stderr` the end."""

    type: Literal["ran"] = "ran"
    exit_code: int
    """Below zero: the signal that ended it."""
    stdout: str
    stderr: str = ""
    cut: bool = False
    """It wrote more than is kept, and was ended for it."""


class Opaque(Frozen):
    """A value that cannot be carried: its type, the beginning of its repr, and why."""

    type: Literal["opaque"] = "opaque"
    python: str
    repr: str = ""
    why: str = ""


class Several(Frozen):
    """Several values of one probe, such as all figures found."""

    type: Literal["several"] = "several"
    items: tuple[Value, ...]


Value: TypeAlias = Annotated[
    Scalar
    | Text
    | Array
    | Sequence
    | Record
    | Table
    | Network
    | Figure
    | Calls
    | Source
    | Output
    | Section
    | Content
    | Ran
    | Opaque
    | Several,
    Field(discriminator="type"),
]

for _model in (Array, Sequence, Pair, Record, Network, Outcome, Calls, Several):
    _model.model_rebuild()
