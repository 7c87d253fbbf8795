"""What all tests share: which of them stay on one worker, and that the long classes start first, so that none is left over."""

from __future__ import annotations

import pytest


def _is_named_group(item: pytest.Item) -> bool:
    return item.get_closest_marker("xdist_group") is not None


def _shares_with_its_module(item: pytest.Item) -> bool:
    """Whether it uses something that is made once a module, such as a warm box."""
    made = item._fixtureinfo.name2fixturedefs.values()
    return any(definitions[-1].scope == "module" for definitions in made)


def pytest_itemcollected(item: pytest.Item) -> None:
    """Slow tests of one module stay on one worker if they share something, which each worker would make anew."""
    if item.get_closest_marker("box") and not _is_named_group(item) and _shares_with_its_module(item):
        item.add_marker(pytest.mark.xdist_group(item.path.stem))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Groups (sample classes, attacks, faults, modules that share a box) before single tests; the random order within stays."""
    items.sort(key=lambda item: 0 if _is_named_group(item) else 1)
