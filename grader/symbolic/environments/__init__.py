"""A library of declared environments that a rubric can use by name."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from grader.symbolic.environment import Environment

TOPICS = ("elementwise", "losses", "networks", "normalisation", "sequences", "filters")
"""The modules beside this one; each holds a tuple ``ENVIRONMENTS``."""


@cache
def library() -> dict[str, Environment]:
    """All declared environments by name, in the order of the topics."""
    found: dict[str, Environment] = {}
    for topic in TOPICS:
        for environment in import_module(f"{__name__}.{topic}").ENVIRONMENTS:
            found[environment.name] = environment
    return found


def named(name: str) -> Environment:
    """The environment of this name.

    Raises:
        KeyError: with the names there are.
    """
    environments = library()
    if name not in environments:
        raise KeyError(f"no environment {name!r}; there are {', '.join(sorted(environments))}")
    return environments[name]
