"""What all tests share: the long classes start first, so that no worker is left with one at the end."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups (sample classes, attacks, faults) before single tests; the random order within stays."""
    items.sort(key=lambda item: 0 if item.get_closest_marker("xdist_group") else 1)
