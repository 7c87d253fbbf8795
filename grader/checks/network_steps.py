"""What a traced network consists of, however it is written: layers, poolings and activations under one name each."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import prod
from typing import TypeAlias

from grader.model.values import Layer, Network, Operation

Setting: TypeAlias = bool | int | float | str | tuple[int, ...] | None

COMPARED = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "padding_mode", "in_features",
    "out_features", "bias", "num_features", "normalized_shape", "num_groups", "num_embeddings", "embedding_dim", "input_size",
    "hidden_size", "num_layers", "bidirectional", "p",
)  # fmt: skip
"""The settings that make a layer what it is."""

SPATIAL = frozenset({"kernel_size", "stride", "padding", "dilation", "output_padding"})

ACTIVATIONS = frozenset(
    (
        "relu", "relu6", "leakyrelu", "prelu", "rrelu", "elu", "selu", "celu", "gelu", "silu", "mish", "sigmoid", "logsigmoid",
        "hardsigmoid", "tanh", "hardtanh", "hardswish", "softmax", "logsoftmax", "softmin", "softplus", "softsign", "threshold",
    )
)  # fmt: skip
POOLS = re.compile(r"(?:adaptive)?(?:max|avg|lp)pool([123])d")
SILENT = frozenset({"flatten", "unflatten", "identity", "view", "reshape", "squeeze", "unsqueeze", "permute", "transpose"})
LAYERS = re.compile(
    r"(?:lazy)?(?:conv(?:transpose)?[123]d|linear|bilinear|batchnorm[123]d|instancenorm[123]d|layernorm|groupnorm|rmsnorm|embedding"
    r"|rnn|lstm|gru|multiheadattention|(?:alpha)?dropout[123]?d?)"
)
TYPICAL = {2: "linear", 3: "conv1d", 4: "conv2d", 5: "conv3d"}
"""What a layer of a student's own making most likely is, by the rank of its weight."""
BUFFERS = frozenset({"running_mean", "running_var", "num_batches_tracked"})
"""What normalisation layers keep beside their parameters."""
MOST_USES = 1000
POOL_ARGUMENTS = ("kernel_size", "stride", "padding", "dilation", "ceil_mode")


@dataclass(frozen=True, slots=True)
class Step:
    """A layer or a pooling: its kind in lower case without underscores, its settings, its shapes and what it is called."""

    name: str
    kind: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    input_shape: tuple[int, ...] = ()
    output_shape: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Steps:
    """A network as steps: layers and poolings in order, activations counted by kind."""

    layers: tuple[Step, ...]
    pools: tuple[Step, ...]
    activations: Mapping[str, int]
    is_ordered: bool = True
    """The order of the poolings is known: none is a module used more than once, of which only the first use is traced."""


def steps_of(network: Network) -> Steps:
    """The steps of a traced network; whether a pooling or activation is a module or a function call makes no difference."""
    leaves = [(layer, canonical(layer)) for layer in network.layers if layer.leaf]
    pools = [pool for layer, kind in leaves if POOLS.fullmatch(kind) for pool in _module_pools(layer, kind)]
    pools += [_operation_pool(operation) for operation in network.operations if POOLS.fullmatch(plain(operation.name))]
    # modules and calls are traced apart; along a network the poolings work on ever smaller inputs
    pools.sort(key=lambda pool: -prod(pool.input_shape))
    is_ordered = not any(layer.calls > 1 for layer, kind in leaves if POOLS.fullmatch(kind))
    activations = Counter(plain(o.name) for o in network.operations if plain(o.name) in ACTIVATIONS)
    for layer, kind in leaves:
        if kind in ACTIVATIONS:
            activations[kind] += layer.calls
    layers = tuple(_layer(layer, kind) for layer, kind in leaves if _is_layer(layer, kind))
    return Steps(layers, tuple(pools), dict(activations), is_ordered)


def plain(name: str) -> str:
    """``torch.nn.functional.max_pool2d`` and ``MaxPool2d`` alike: ``maxpool2d``."""
    return re.sub(r"_(?:with_indices)?", "", name.rsplit(".", 1)[-1]).lower().removeprefix("lazy")


def canonical(layer: Layer) -> str:
    """The library's kind that a layer is or derives from, else the kind its weight is typical of, else its own."""
    kinds = [plain(kind) for kind in (layer.kind, *layer.bases)]
    known = (k for k in kinds if k in ACTIVATIONS or k in SILENT or POOLS.fullmatch(k) or LAYERS.fullmatch(k))
    rank = next((len(parameter.shape) for parameter in layer.parameters if parameter.name == "weight"), 0)
    return next(known, TYPICAL.get(rank, kinds[0]))


def _is_layer(layer: Layer, kind: str) -> bool:
    """Neither an activation, a pooling or a change of shape, nor a module of a student's own that holds no parameters."""
    if kind in ACTIVATIONS or kind in SILENT or POOLS.fullmatch(kind):
        return False
    return LAYERS.fullmatch(kind) is not None or bool(layer.parameters)


def _layer(layer: Layer, kind: str) -> Step:
    settings: dict[str, Setting] = {name: layer.settings[name] for name in COMPARED if name in layer.settings}
    if LAYERS.fullmatch(kind) and any(parameter.name == "weight" for parameter in layer.parameters):
        settings["bias"] = any(parameter.name == "bias" for parameter in layer.parameters)
    shapes = (_first(layer.input_shapes), _first(layer.output_shapes))
    return Step(layer.name, kind, _even(settings, _axes(kind)), *shapes)


def _module_pools(layer: Layer, kind: str) -> Iterable[Step]:
    """One pooling for each use of the module; shapes are those of the first."""
    settings = {name: layer.settings[name] for name in POOL_ARGUMENTS if name in layer.settings}
    step = Step(layer.name, kind, _pool_settings(settings, kind), _first(layer.input_shapes), _first(layer.output_shapes))
    return [step] * min(max(layer.calls, 0), MOST_USES)


def _operation_pool(operation: Operation) -> Step:
    """Arguments are texts: ``4``, ``(2, 2)`` or ``stride=2``; those that are no numbers (the input itself) are passed over."""
    kind = plain(operation.name)
    settings: dict[str, Setting] = {}
    names = iter(POOL_ARGUMENTS)
    for argument in operation.arguments[:12]:
        name, _, text = argument.rpartition("=")
        numbers = tuple(int(n) for n in re.findall(r"-?\d{1,6}", text)) if re.fullmatch(r"[\s\[\](){},\d-]+", text) else None
        if not name and numbers is None and text not in ("True", "False", "None"):
            continue
        name = name.strip() or next(names, "")
        if name in POOL_ARGUMENTS and numbers:
            settings[name] = numbers if len(numbers) > 1 else numbers[0]
    return Step(operation.name, kind, _pool_settings(settings, kind), operation.input_shape, operation.output_shape)


def _pool_settings(settings: Mapping[str, Setting], kind: str) -> dict[str, Setting]:
    kept = {name: value for name, value in settings.items() if name in SPATIAL and value is not None}
    if kept.get("dilation") == 1:
        del kept["dilation"]
    return _even(kept, _axes(kind))


def _even(settings: Mapping[str, Setting], axes: int) -> dict[str, Setting]:
    """Spatial settings as one number an axis, and ``same`` and ``valid`` padding as the numbers they stand for."""
    even = {
        name: (value,) * axes if name in SPATIAL and type(value) is int and axes else value for name, value in settings.items()
    }
    kernel, dilation = even.get("kernel_size"), even.get("dilation") or (1,) * axes
    if even.get("padding") == "valid":
        even["padding"] = (0,) * axes
    if even.get("padding") == "same" and isinstance(kernel, tuple) and isinstance(dilation, tuple):
        widths = [d * (k - 1) for k, d in zip(kernel, dilation, strict=False)]
        if not any(width % 2 for width in widths):
            even["padding"] = tuple(width // 2 for width in widths)
    return even


def _axes(kind: str) -> int:
    match = re.search(r"([123])d$", kind)
    return int(match[1]) if match else 0


def _first(shapes: tuple[tuple[int, ...], ...]) -> tuple[int, ...]:
    return shapes[0] if shapes else ()
