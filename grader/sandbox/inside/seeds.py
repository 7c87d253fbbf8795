"""One seed for all the generators there are."""

from __future__ import annotations

import random

from .libraries import loaded


def seed_all(seed: int) -> None:
    """Seed `random`, and numpy's and torch's global generators where those are loaded."""
    random.seed(seed)
    if (numpy := loaded("numpy")) is not None:
        numpy.random.seed(seed % 2**32)
    if (torch := loaded("torch")) is not None:
        torch.manual_seed(seed)
