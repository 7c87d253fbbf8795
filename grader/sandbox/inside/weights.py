"""Puts given values into a network's parameters, or zeros."""

from __future__ import annotations

import re
from typing import Any

from .libraries import loaded


class StateError(ValueError):
    """Values were given for which the network has no place."""


def load_state(network: Any, state: dict[str, Any]) -> None:
    """Copy tensors into the network: by name where name and shape agree, the rest in order of definition by shape.

    Raises:
        StateError: a tensor finds no place.
    """
    torch = loaded("torch")
    own = dict(network.state_dict(keep_vars=True))
    places: dict[str, str] = {name: name for name, given in state.items() if _fits(own.get(name), given)}
    free = [name for name in own if name not in places]
    for name, given in state.items():
        if name in places:
            continue
        place = next((each for each in free if _fits(own[each], given)), None)
        if place is None:
            raise StateError(f"the network has no free parameter of shape {tuple(given.shape)} for {name}")
        free.remove(place)
        places[name] = place
    with torch.no_grad():
        for name, place in places.items():
            own[place].copy_(state[name])


def _fits(own: Any, given: Any) -> bool:
    return own is not None and tuple(own.shape) == tuple(given.shape)


def zero_weights(network: Any) -> None:
    """Set all parameters but biases to zero."""
    with loaded("torch").no_grad():
        for name, parameter in network.named_parameters():
            if not is_bias(name, parameter.dim()):
                parameter.zero_()


def is_bias(name: str, dimensions: int) -> bool:
    """Whether a parameter is a bias, by its name: torch's `bias`, `bias_ih_l0`, or a vector called `b`, `b1`, `fc_bias`."""
    local = name.rsplit(".", 1)[-1].lower()
    return local.startswith("bias") or (dimensions <= 1 and bool(re.fullmatch(r"b_?\d*|.*bias.*", local)))
