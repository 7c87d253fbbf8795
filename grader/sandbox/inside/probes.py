"""Answers one probe with one `Capture`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import calls, drawings, names, networks, programs, saved, sources
from .captures import Capturer
from .errors import plain, raised
from .headings import is_under
from .state import State
from .streams import Muted

Json = dict[str, Any]
_clock = time.perf_counter


@dataclass(frozen=True)
class Answer:
    """A capture and the blobs it refers to."""

    capture: Json
    blobs: dict[str, bytes]


def answer(state: State, probe: Json, blobs: dict[str, bytes]) -> Answer:
    """The capture of one probe; whatever student code does, short of ending the process, this returns."""
    capturer = Capturer(state.capture_limit)
    start = _clock()
    try:
        with Muted():  # what a called function prints belongs to no cell
            capture = KINDS[probe["probe"]](state, probe, blobs, capturer)
    except BaseException as error:
        capturer.blobs.clear()
        capture = _capture("raised", error=raised(error, state.files))
    return Answer({**capture, "seconds": _clock() - start}, capturer.blobs)


def _capture(status: str, **fields: Any) -> Json:
    return {"status": status, **fields}


def _look(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    found = _find(state, probe)
    if found is None:
        return _missing(state, probe)
    return _capture("captured", value=capturer.value(found.value), place=_place(state, found))


def _call(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    found = _find(state, probe)
    if found is None:
        return _missing(state, probe)
    if not callable(found.value):
        error = plain("TypeError", f"{found.path} is not a function: its type is {type(found.value).__name__}")
        return _capture("raised", error=error, place=_place(state, found))
    value = calls.call(found.value, probe, blobs, capturer, state.files)
    return _capture("captured", value=value, place=_place(state, found))


def _figures(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    found = drawings.find_figures(state, probe, capturer)
    asked = [*probe.get("names", ()), *probe.get("headings", ())]
    if not found.items:
        return _capture("missing", looked_for=asked)
    place = {"part": state.part, "cell": found.items[0]["cell"], "heading": "", "name": found.items[0]["variable"]}
    value = {"type": "several", "items": found.items}
    return _capture("captured", value=value, place=place, looked_for=asked if found.is_guess else [])


def _source(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    if not probe.get("names"):
        return _capture("captured", value=sources.source_of_part(state), place=_part(state))
    found = _find(state, probe)
    value = sources.source_of(found.value, found.path, state) if found is not None else None
    if found is None or value is None:
        return _missing(state, probe)
    return _capture("captured", value=value, place=_place(state, found))


def _prints(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    wanted = probe.get("headings", ())
    printed = [_printed(state, cell, text) for cell, text in state.printed.items() if text]
    under = [each for each in printed if is_under(each["headings"], wanted)] if wanted else []
    return _capture("captured", value={"type": "output", "printed": under or printed}, place=_part(state))


def _printed(state: State, cell: int, text: str) -> Json:
    index = cell if state.kind == "notebook" else None
    return {"part": state.part, "cell": index, "headings": list(state.headings_of(cell)), "text": text}


def _saved_file(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    found = saved.find_file(probe["names"], state.files.root)
    if found is None:
        near = saved.other_files(state.files.root, probe["names"])
        return _capture("missing", looked_for=list(probe["names"]), nearest=near)
    value = saved.load_file(found, probe.get("load", "bytes"), capturer)
    return _capture("captured", value=value, place={**_part(state), "name": found.name})


def _program(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    root, patterns = state.files.root, probe.get("names", ())
    found = saved.find_file(patterns, root) if patterns else None
    if patterns and found is None:
        return _capture("missing", looked_for=list(patterns), nearest=saved.other_files(root, patterns))
    name = found.name if found is not None else ""
    value = programs.run(root, [word.replace("{file}", name) for word in probe["command"]], probe["input"])
    return _capture("captured", value=value, place={"part": name, "cell": None, "heading": "", "name": ""})


def _trace(state: State, probe: Json, blobs: dict[str, bytes], capturer: Capturer) -> Json:
    found = _find(state, probe)
    if found is None:
        return _missing(state, probe)
    if not callable(found.value):
        return _capture("raised", error=networks.not_a_network(found.value, found.path), place=_place(state, found))
    traced = networks.trace(found.value, probe, blobs, state.files)
    return _capture("captured", value=capturer.network(traced), place=_place(state, found))


def is_absent(state: State, probe: Json) -> bool:
    """Whether the probe asks for names of which none is there."""
    if probe["probe"] not in NAMED or not probe.get("names"):
        return False
    return probe.get("part", "") not in ("", state.part) or not names.is_any_there(probe["names"], state.namespace, state.hidden)


def _find(state: State, probe: Json) -> names.Found | None:
    if probe.get("part", "") not in ("", state.part):
        return None
    return names.find(probe["names"], state.namespace, state.hidden)


def _missing(state: State, probe: Json) -> Json:
    near = names.nearest(probe["names"], state.namespace, state.hidden)
    return _capture("missing", looked_for=list(probe["names"]), nearest=near)


def _place(state: State, found: names.Found) -> Json:
    return {"part": state.part, "cell": state.assigned.get(found.name), "heading": "", "name": found.path}


def _part(state: State) -> Json:
    return {"part": state.part, "cell": None, "heading": "", "name": ""}


NAMED = ("look", "call", "trace", "source")
"""The kinds that begin by finding a name."""
KINDS: dict[str, Callable[[State, Json, dict[str, bytes], Capturer], Json]] = {
    "look": _look,
    "call": _call,
    "trace": _trace,
    "figures": _figures,
    "source": _source,
    "prints": _prints,
    "saved_file": _saved_file,
    "program": _program,
}
