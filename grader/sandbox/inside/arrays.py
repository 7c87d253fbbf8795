"""numpy arrays and torch tensors to and from plain `.npy` bytes, without running methods that a subclass may have replaced."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import Any

from .libraries import is_instance_of, load, loaded

PLAIN_KINDS = "biufc"
WIDENED = ("bfloat16", "float16", "half", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz")
"""torch types that travel as float32: numpy lacks them, or compares them poorly."""


@dataclass(frozen=True)
class Plain:
    """Array data ready to travel, and how the student had it."""

    data: Any
    dtype: str
    library: str
    device: str = "cpu"
    requires_grad: bool = False


def is_array(value: object) -> bool:
    return is_instance_of(value, "numpy", "ndarray")


def is_tensor(value: object) -> bool:
    return is_instance_of(value, "torch", "Tensor")


def size_of(value: Any) -> int:
    """Bytes the array or tensor will take when it travels (a broadcast one takes its full shape)."""
    if is_array(value):
        view = _base_view(value)
        return int(view.size * view.dtype.itemsize)
    torch = loaded("torch")
    with torch._C.DisableTorchFunctionSubclass():
        return int(torch.Tensor.numel(value)) * max(4, int(torch.Tensor.element_size(value)))


def plain_array(value: Any) -> Plain | None:
    """A copy of a numpy array of numbers; None for objects, texts, dates and records."""
    numpy = loaded("numpy")
    view = _base_view(value)
    if view.dtype.kind not in PLAIN_KINDS:
        return None
    name = str(view.dtype)
    if view.dtype.kind == "f" and view.dtype.itemsize > 8:
        view = view.astype(numpy.float64)  # long doubles differ between machines
    elif view.dtype.kind == "c" and view.dtype.itemsize > 16:
        view = view.astype(numpy.complex128)
    return Plain(numpy.array(view, order="C"), name, "numpy")


def plain_tensor(value: Any) -> Plain | str:
    """A copy of a dense torch tensor; why not, for any other."""
    torch = loaded("torch")
    if is_instance_of(value, "torch.nn.parameter", "UninitializedTensorMixin"):
        return "a parameter without values yet"
    with torch._C.DisableTorchFunctionSubclass(), torch.no_grad():
        tensor = torch.Tensor.as_subclass(value, torch.Tensor)
        if tensor.is_nested or tensor.layout is not torch.strided:
            return "a sparse or nested tensor"
        if tensor.is_meta:
            return "a tensor without data"
        name = str(tensor.dtype).removeprefix("torch.")
        device, requires_grad = str(tensor.device), bool(tensor.requires_grad)
        dense = tensor.dequantize() if tensor.is_quantized else tensor
        dense = dense.detach().cpu().resolve_conj().resolve_neg()
        if name in WIDENED:
            dense = dense.to(torch.float32)
        elif name == "complex32":
            dense = dense.to(torch.complex64)
        data = loaded("numpy").array(dense.contiguous().numpy(), order="C")
    return Plain(data, name, "torch", device, requires_grad)


def gradient_of(value: Any) -> Any:
    """The `.grad` of a tensor; None where it has none, without torch's warning for inner ones."""
    torch = loaded("torch")
    with torch._C.DisableTorchFunctionSubclass():
        holds = torch.Tensor.is_leaf.__get__(value) or torch.Tensor.retains_grad.__get__(value)
        return torch.Tensor.grad.__get__(value) if holds else None


def to_npy(data: Any) -> bytes:
    """The `.npy` bytes of an array of numbers."""
    numpy = loaded("numpy")
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, data, allow_pickle=False)
    return stream.getvalue()


def from_npy(data: bytes) -> Any:
    """The array in `.npy` bytes; nothing is unpickled."""
    return load("numpy").lib.format.read_array(io.BytesIO(data), allow_pickle=False)


def to_tensor(data: Any, dtype: str, requires_grad: bool = False) -> Any:
    """A fresh torch tensor of the named type, of the data's own when torch has no such type."""
    torch = load("torch")
    tensor = torch.from_numpy(load("numpy").array(data, order="C"))
    wanted = getattr(torch, dtype, None)
    if isinstance(wanted, torch.dtype):
        tensor = tensor.to(wanted)
    return tensor.requires_grad_(requires_grad and (tensor.is_floating_point() or tensor.is_complex()))


def _base_view(value: Any) -> Any:
    """The same data as a plain `ndarray`, whatever the subclass overrides."""
    ndarray = loaded("numpy").ndarray
    return value if type(value) is ndarray else ndarray.view(value, ndarray)
