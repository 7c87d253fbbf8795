"""The modules of a network as they are built: class, settings and own parameters."""

from __future__ import annotations

from typing import Any

from .libraries import is_instance_of, loaded

Json = dict[str, Any]
MOST_LAYERS = 2000

SETTINGS = (
    "in_channels", "out_channels", "kernel_size", "stride", "padding", "dilation", "groups", "output_padding", "padding_mode",
    "in_features", "out_features", "in1_features", "in2_features", "p", "inplace", "num_features", "num_groups", "num_channels",
    "normalized_shape", "eps", "momentum", "affine", "elementwise_affine", "track_running_stats", "negative_slope", "dim",
    "start_dim", "end_dim", "input_size", "hidden_size", "num_layers", "bidirectional", "batch_first", "dropout", "nonlinearity",
    "proj_size", "num_embeddings", "embedding_dim", "padding_idx", "embed_dim", "num_heads", "output_size", "return_indices",
    "ceil_mode", "count_include_pad", "size", "scale_factor", "mode", "align_corners", "alpha", "beta", "threshold", "lambd",
    "upscale_factor", "approximate", "min_val", "max_val", "reduction", "num_parameters", "unflattened_size",
)  # fmt: skip
PER_DIMENSION = ("kernel_size", "stride", "padding", "dilation", "output_padding")
"""Settings for which one number stands for one number a dimension."""


def is_module(thing: object) -> bool:
    return is_instance_of(thing, "torch.nn", "Module")


def describe(name: str, module: Any, counted: set[int]) -> Json:
    """The `Layer` of a module not yet run; parameters in `counted` (shared with an earlier layer) are left out."""
    kind = type(module)
    return {
        "name": name,
        "kind": kind.__name__,
        "bases": [base.__name__ for base in kind.__mro__[1:] if _tells(base)],
        "settings": settings_of(module),
        "parameters": _parameters(module, counted),
        "input_shapes": [],
        "output_shapes": [],
        "macs": None,
        "calls": 0,
        "leaf": not any(True for _ in module.children()),
    }


def _parameters(module: Any, counted: set[int]) -> list[Json]:
    fresh = [(name, tensor) for name, tensor in own_tensors(module) if id(tensor) not in counted]
    counted.update(id(tensor) for _, tensor in fresh)
    return [parameter(name, tensor) for name, tensor in fresh]


def _tells(base: type) -> bool:
    return base not in (object, loaded("torch.nn").Module) and not base.__name__.startswith("_")


def own_tensors(module: Any) -> list[tuple[str, Any]]:
    """The parameters and buffers of a module itself, not of its children."""
    tables = (module.__dict__.get("_parameters", {}), module.__dict__.get("_buffers", {}))
    return [(name, tensor) for table in tables for name, tensor in table.items() if tensor is not None]


def parameter(name: str, tensor: Any) -> Json:
    """One `Parameter`; one that is not initialised yet has no shape and counts nothing."""
    ready = type(tensor).__name__ not in ("UninitializedParameter", "UninitializedBuffer")
    return {
        "name": name,
        "shape": [int(side) for side in tensor.shape] if ready else [],
        "dtype": str(tensor.dtype).removeprefix("torch."),
        "trainable": bool(tensor.requires_grad),
        "count": int(tensor.numel()) if ready else 0,
    }


def standard_base(module: Any) -> type | None:
    """The class of torch.nn whose layer this is or derives from; None for a student's own module and for containers."""
    plain = ("Module", "Sequential", "ModuleList", "ModuleDict", "ParameterList", "ParameterDict")
    return next((base for base in type(module).__mro__ if _is_torch(base) and base.__name__ not in plain), None)


def _is_torch(base: type) -> bool:
    return str(base.__module__).startswith("torch.nn.modules.")


def settings_of(module: Any) -> Json:
    """The plain attributes among those that torch's layers are set by; sizes with one number a dimension."""
    found: Json = {}
    base = standard_base(module)
    dimensions = next((int(digit) for digit in "123" if base is not None and base.__name__.endswith(f"{digit}d")), 0)
    for name in SETTINGS:
        if name in module.__dict__:
            value = _setting(module.__dict__[name])
            spread = name in PER_DIMENSION and type(value) is int and dimensions
            found[name] = [value] * dimensions if spread else value
    if base is not None and hasattr(base, "__constants__") and ("bias" in module.__dict__ or "bias" in module._parameters):
        held = module.__dict__.get("bias", module._parameters.get("bias"))
        found["bias"] = held if isinstance(held, bool) else held is not None
    return {name: value for name, value in found.items() if value is not _UNUSABLE}


_UNUSABLE = object()


def _setting(value: Any) -> Any:
    if value is None or type(value) in (bool, int, float):
        return value
    if type(value) is str:
        return value[:100]
    if isinstance(value, tuple | list) and all(type(item) is int for item in value) and len(value) <= 16:
        return list(value)
    return _UNUSABLE
