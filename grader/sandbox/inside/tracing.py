"""Watches a forward pass: which modules run on which shapes, which operations stand between them, how many MACs each makes."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from .layers import MOST_LAYERS, describe, own_tensors, standard_base
from .libraries import loaded
from .macs import macs_of

Json = dict[str, Any]
MOST_OPERATIONS = 2000
MOST_TENSORS = 20_000
MOST_SHAPES = 16

NO_OPERATIONS = frozenset((
    "get", "set", "size", "dim", "numel", "item", "detach", "requires_grad", "retain_grad", "register_hook", "len", "to", "type",
    "cpu", "cuda", "clone", "contiguous", "data_ptr", "tolist", "numpy", "repr", "format", "stride", "backward", "copy", "array",
    "is_floating_point", "float", "double", "int", "long", "bool", "hash", "deepcopy", "iter", "is_complex", "zero", "new_zeros",
))  # fmt: skip
"""What looks at a tensor, converts or keeps it, without being a step of the network."""

PARAMETER_NAMES = {
    **dict.fromkeys(("max_pool1d", "max_pool2d", "max_pool3d"), ("kernel_size", "stride", "padding", "dilation", "ceil_mode")),
    **dict.fromkeys(("avg_pool1d", "avg_pool2d", "avg_pool3d"), ("kernel_size", "stride", "padding", "ceil_mode")),
    **dict.fromkeys(("adaptive_avg_pool2d", "adaptive_max_pool2d", "adaptive_avg_pool1d"), ("output_size",)),
    "flatten": ("start_dim", "end_dim"),
    **dict.fromkeys(("softmax", "log_softmax"), ("dim",)),
    **dict.fromkeys(("dropout", "dropout2d"), ("p", "training")),
    "leaky_relu": ("negative_slope",),
    "cat": ("dim",),
}
"""What the arguments after the tensors are called, for those operations that checks ask about."""
NO_AGREED_COUNT = ("BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm", "RMSNorm", "PReLU", "LocalResponseNorm")
"""Layers with weights for whose multiplications there is no agreed count."""


class Tracer:
    """Layers in the order of first use and operations in order, filled while `watching` a network run."""

    def __init__(self, network: Any) -> None:
        self.names = {id(module): name for name, module in list(network.named_modules())[:MOST_LAYERS]}
        self.modules = dict(list(network.named_modules())[:MOST_LAYERS])
        counted: set[int] = set()
        self.layers = {name: describe(name, module, counted) for name, module in self.modules.items()}
        self.used: dict[str, None] = {}
        self.operations: list[Json] = []
        self.inside: list[Any] = []
        self.weights = {id(tensor): tensor for module in self.modules.values() for _, tensor in own_tensors(module)}

    def in_order(self) -> list[Json]:
        """The layers, those used first; the network itself only where it holds parameters or has no parts."""
        order = [*self.used, *(name for name in self.layers if name not in self.used)]
        found = [self._finished(name) for name in order]
        return [layer for layer in found if layer["name"] or layer["leaf"] or layer["parameters"] or layer["macs"]]

    @contextlib.contextmanager
    def watching(self) -> Iterator[None]:
        """While entered, what the network does is recorded."""
        handles = []
        for module in self.modules.values():
            handles.append(module.register_forward_pre_hook(self._enter))
            handles.append(module.register_forward_hook(self._leave, with_kwargs=True))
        try:
            with _mode(self):
                yield
        finally:
            for handle in handles:
                handle.remove()

    def saw(self, function: Any, args: tuple[Any, ...], kwargs: Json, result: Any) -> None:
        """One torch function was called."""
        name = operation_name(function)
        given = tensors_in((args, kwargs))
        if not given or not name:
            return
        if all(id(tensor) in self.weights for tensor in given):
            self._note_weights(result)
            return
        module = self.inside[-1] if self.inside else None
        layer = self.layers.get(self.names.get(id(module), "")) if module is not None else None
        count = macs_of(name, args, kwargs, result, lambda tensor: id(tensor) in self.weights)
        if layer is not None and count:
            layer["macs"] = (layer["macs"] or 0) + count
        if name not in NO_OPERATIONS and tensors_in(result) and (module is None or standard_base(module) is None):
            self._note_operation(name, args, kwargs, given, result)

    def _note_weights(self, result: Any) -> None:
        """What is computed from weights alone (a transpose, a mask applied) still is weights."""
        if len(self.weights) < MOST_TENSORS:
            self.weights.update({id(tensor): tensor for tensor in tensors_in(result)})

    def _note_operation(self, name: str, args: tuple[Any, ...], kwargs: Json, given: list[Any], result: Any) -> None:
        if len(self.operations) >= MOST_OPERATIONS:
            return
        first = next(tensor for tensor in given if id(tensor) not in self.weights)
        shapes = {"input_shape": shape_of(first), "output_shape": shape_of(tensors_in(result)[0])}
        self.operations.append({"name": name.removesuffix("_"), "arguments": arguments_of(name, args, kwargs), **shapes})

    def _enter(self, module: Any, args: Any) -> None:
        self.inside.append(module)
        self.used[self.names[id(module)]] = None

    def _leave(self, module: Any, args: Any, kwargs: Any, result: Any) -> None:
        while self.inside and self.inside.pop() is not module:  # a module that raised, and was caught, never left
            continue
        layer = self.layers[self.names[id(module)]]
        layer["calls"] += 1
        if layer["calls"] == 1:
            layer["input_shapes"] = [shape_of(tensor) for tensor in tensors_in((args, kwargs))]
            layer["output_shapes"] = [shape_of(tensor) for tensor in tensors_in(result)]

    def _finished(self, name: str) -> Json:
        layer = self.layers[name]
        base = standard_base(self.modules[name])
        uncounted = base is not None and any(kind in base.__name__ for kind in NO_AGREED_COUNT)
        if layer["calls"] and layer["macs"] is None and not uncounted:
            layer["macs"] = 0
        return layer


def _mode(tracer: Tracer) -> Any:
    """The torch function mode that tells the tracer of each call; torch is there by now."""
    overrides = loaded("torch.overrides")

    class Telling(overrides.TorchFunctionMode):  # type: ignore[misc, name-defined]
        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            result = func(*args, **(kwargs or {}))
            with contextlib.suppress(Exception):  # what we cannot count must not fail the student's pass
                tracer.saw(func, args, kwargs or {}, result)
            return result

    return Telling()


def operation_name(function: Any) -> str:
    """`relu` for `relu`, `relu_` and `Tensor.relu`; `add` for `+`, `+=` and `radd`; `rmatmul` keeps its order."""
    name = str(getattr(function, "__name__", ""))
    if name.startswith("__"):
        name = name.strip("_")
        known = ("add", "sub", "mul", "truediv", "matmul", "pow", "and", "or", "xor", "floordiv", "mod")
        if name[1:] in known and name[0] in "ir" and name != "rmatmul":
            name = name[1:]
    return {"truediv": "div", "imatmul": "matmul"}.get(name, name.strip("_"))


def tensors_in(thing: Any, deep: int = 0) -> list[Any]:
    """The tensors in nested tuples, lists and dicts, in order."""
    if isinstance(thing, loaded("torch").Tensor):
        return [thing]
    if deep > 4 or not isinstance(thing, list | tuple | dict):
        return []
    items = thing.values() if isinstance(thing, dict) else thing
    return [tensor for item in items for tensor in tensors_in(item, deep + 1)][:MOST_SHAPES]


def shape_of(tensor: Any) -> list[int]:
    return [int(side) for side in tensor.shape]


def arguments_of(name: str, args: tuple[Any, ...], kwargs: Json) -> list[str]:
    """The arguments beside tensors as `name=value` where the name is known; those that are None are left out."""
    plain = [value for value in args if not tensors_in(value)]
    names = PARAMETER_NAMES.get(name, ())
    by_name = {names[place] if place < len(names) else str(place): value for place, value in enumerate(plain)}
    by_name.update({key: value for key, value in kwargs.items() if not tensors_in(value)})
    if by_name.get("kernel_size") is not None and by_name.get("stride") is None:
        size = by_name["kernel_size"]  # which is torch's default for the stride
        by_name = {"kernel_size": size, "stride": size, **_without(by_name)}
    shown = ((key, value) for key, value in by_name.items() if value is not None)
    return [_shown(value) if key.isdigit() else f"{key}={_shown(value)}" for key, value in shown][:MOST_SHAPES]


def _without(by_name: Json) -> Json:
    return {key: value for key, value in by_name.items() if key not in ("kernel_size", "stride")}


def _shown(value: Any) -> str:
    if isinstance(value, bool | int | float | str | tuple | list):
        return repr(tuple(value) if isinstance(value, tuple | list) else value)[:100]
    return type(value).__name__
