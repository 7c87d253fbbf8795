"""Networks as `Network` values: as built, or traced on a probe's inputs."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Any

from .errors import Files, plain, raised
from .layers import is_module
from .libraries import load, loaded
from .restore import Restorer
from .seeds import seed_all
from .tracing import Tracer, tensors_in
from .weights import load_state, zero_weights

Json = dict[str, Any]


@dataclass
class Traced:
    """A network, what the tracer saw, and the objects that came of it, before they are turned into values."""

    network: Any
    tracer: Tracer
    state: dict[str, Any] = field(default_factory=dict)
    gradients: dict[str, Any] = field(default_factory=dict)
    inputs: tuple[Any, ...] = ()
    outputs: tuple[Any, ...] = ()
    error: Json | None = None


def built(network: Any) -> Traced:
    """A network as it stands, not run."""
    return Traced(network, Tracer(network), state=_state(network))


def trace(thing: Any, probe: Json, blobs: dict[str, bytes], files: Files) -> Traced:
    """Build the network (of a class or function), or copy it (an instance), set its weights and run it.

    Raises:
        Exception: whatever the student's constructor raises; what the pass raises is in `error` instead.
        TypeError: what was built is no network.
    """
    load("torch.overrides")
    seed = int(probe.get("seed", 0))
    network = _network(thing, probe.get("build") or {}, seed, blobs)
    restorer = Restorer(blobs, as_torch=True)
    inputs = _as_precise(network, tuple(restorer.value(value) for value in probe.get("inputs", ())))
    traced = Traced(network, Tracer(network), inputs=inputs)
    try:
        _prepare(traced, probe, restorer)
        seed_all(seed)
        _run(traced, probe, restorer)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        traced.error = raised(error, files)
    return traced


def _network(thing: Any, build: Json, seed: int, blobs: dict[str, bytes]) -> Any:
    if is_module(thing):
        try:
            return copy.deepcopy(thing)
        except Exception:  # a module that keeps tensors of a pass cannot be copied; ours is a fork of the state anyway
            return thing
    arguments = Restorer(blobs).arguments(build)
    seed_all(seed)
    network = thing(*arguments.args, **arguments.kwargs)
    if not is_module(network):
        raise TypeError(f"expected an nn.Module, but {type(network).__name__} was built")
    return network


def _as_precise(network: Any, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    """The inputs in the precision of the network's weights, which may have been built in double precision."""
    kind = next((each.dtype for each in network.parameters() if each.is_floating_point()), None)
    tensor = loaded("torch").Tensor
    return tuple(each.to(kind) if kind and isinstance(each, tensor) and each.is_floating_point() else each for each in inputs)


def _prepare(traced: Traced, probe: Json, restorer: Restorer) -> None:
    """Mode, weights and gradients as the probe wants them, and the state as it is before the pass."""
    network = traced.network
    network.train(bool(probe.get("training", False)))
    if any(type(each).__name__ == "UninitializedParameter" for each in network.parameters()):
        with loaded("torch").no_grad():
            network(*traced.inputs)  # lazy layers take their shapes from a first pass
        traced.tracer = Tracer(network)
    if probe.get("state"):
        load_state(network, {name: restorer.array({**value, "requires_grad": False}) for name, value in probe["state"].items()})
    if probe.get("zero_weights"):
        zero_weights(network)
    network.zero_grad(set_to_none=True)
    if probe.get("want_state", True):
        traced.state = _state(network)


def _state(network: Any) -> dict[str, Any]:
    """Copies of all parameters and buffers that a state dict holds."""
    tensor = loaded("torch").Tensor
    held = {name: each for name, each in network.state_dict().items() if isinstance(each, tensor) and type(name) is str}
    ready = {name: each for name, each in held.items() if not type(each).__name__.startswith("Uninitialized")}
    return {name: each.detach().clone() for name, each in ready.items()}


def _run(traced: Traced, probe: Json, restorer: Restorer) -> None:
    if not traced.inputs:
        return
    torch = loaded("torch")
    with torch.enable_grad():
        with traced.tracer.watching():
            result = traced.network(*traced.inputs)
        traced.outputs = tuple(result) if type(result) in (tuple, list) else (result,)
        _backward(traced, probe, restorer)


def _backward(traced: Traced, probe: Json, restorer: Restorer) -> None:
    """Gradients of the mean squared error to the target, or of the output itself when that is a single number."""
    found = tensors_in(list(traced.outputs))
    if not found:
        return
    output = found[0]
    if probe.get("target") is not None:
        target = loaded("torch").as_tensor(restorer.value(probe["target"])).detach()
        loss = _mean_squared_error(output, target)
    elif output.numel() == 1 and len(traced.outputs) == 1:
        loss = output.sum()
    else:
        return
    if loss.requires_grad:
        loss.backward()
        traced.gradients = {name: each.grad for name, each in traced.network.named_parameters() if each.grad is not None}


def _mean_squared_error(output: Any, target: Any) -> Any:
    """mean((output - target)^2) over all entries; the shapes must hold the same numbers."""
    if tuple(output.shape) != tuple(target.shape) and output.numel() != target.numel():
        raise ValueError(f"the output has shape {tuple(output.shape)}, the target {tuple(target.shape)}")
    return ((output - target.reshape(output.shape).to(output.dtype)) ** 2).mean()


def not_a_network(thing: Any, path: str) -> Json:
    """The error for a name that is neither a network nor builds one."""
    kind = type(thing).__name__
    return plain("TypeError", f"{path} is neither a network nor a class or function that builds one, but a {kind}")
