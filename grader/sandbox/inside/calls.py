"""Calls a student's function on the cases of a probe."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from .captures import Capturer
from .errors import Files, plain, raised
from .restore import Arguments, Restorer, same
from .seeds import seed_all

Json = dict[str, Any]


def call(function: Any, probe: Json, blobs: dict[str, bytes], capturer: Capturer, files: Files) -> Json:
    """The `Calls` of a function: one outcome a case, in order.

    Raises:
        TypeError: what was found cannot be called.
    """
    if not callable(function):
        raise TypeError(f"{type(function).__name__!r} object is not callable")
    restorer = Restorer(blobs)
    outcomes = [_outcome(function, case, int(probe.get("seed", 0)), restorer, capturer, files) for case in probe["cases"]]
    return {"type": "calls", "outcomes": outcomes}


def _outcome(function: Any, case: Json, seed: int, restorer: Restorer, capturer: Capturer, files: Files) -> Json:
    given, untouched = restorer.arguments(case), restorer.arguments(case)
    seed_all(seed)
    try:
        value = function(*given.args, **given.kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return {"value": None, "error": raised(error, files), "mutated": _mutated(function, given, untouched)}
    mutated = _mutated(function, given, untouched)
    if inspect.iscoroutine(value):
        value.close()
        return {"value": None, "error": plain("TypeError", "the function is a coroutine (async def)"), "mutated": mutated}
    return {"value": capturer.value(value), "error": None, "mutated": mutated}


def _mutated(function: Callable[..., Any], given: Arguments, untouched: Arguments) -> list[str]:
    """The names of the arguments that the call changed in place."""
    pairs = zip(given.args, untouched.args, strict=True)
    changed = [number for number, (one, other) in enumerate(pairs) if not same(one, other)]
    names = _parameter_names(function, len(given.args)) if changed else []
    return [names[number] for number in changed] + [
        name for name, value in given.kwargs.items() if not same(value, untouched.kwargs[name])
    ]


def _parameter_names(function: Callable[..., Any], count: int) -> list[str]:
    """Names of the first positional parameters; their numbers from 1 where they have none."""
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        found = [name for name, what in inspect.signature(function).parameters.items() if what.kind in positional]
    except (ValueError, TypeError):
        found = []
    return [found[number] if number < len(found) else str(number + 1) for number in range(count)]
