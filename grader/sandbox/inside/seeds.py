"""One seed for all the generators there are."""

from __future__ import annotations

import random
from typing import Any

from .libraries import loaded

ACCELERATORS = ("cuda", "hip", "xpu")
"""Versions that torch tells when it was built for them."""


def seed_all(seed: int) -> None:
    """Seed `random`, and numpy's and torch's global generators where those are loaded."""
    random.seed(seed)
    if (numpy := loaded("numpy")) is not None:
        numpy.random.seed(seed % 2**32)
    if (torch := loaded("torch")) is not None:
        _seed_torch(torch, seed)


def _seed_torch(torch: Any, seed: int) -> None:
    """`torch.manual_seed`; where torch was built for processors alone, only what that does there: the rest takes milliseconds."""
    if any(getattr(torch.version, kind, None) for kind in ACCELERATORS) or torch.backends.mps.is_built():
        torch.manual_seed(seed)
    else:
        torch.default_generator.manual_seed(seed)
