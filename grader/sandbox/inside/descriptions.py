"""What can only be described: functions, classes, tables of a library, and objects of the student's own making."""

from __future__ import annotations

import inspect
import itertools
from typing import Any

from .libraries import is_instance_of

LONGEST_REPR = 500
MOST_ROWS = 2000
MOST_COLUMNS = 200
LONGEST_CELL = 500

Json = dict[str, Any]


def opaque(thing: Any, why: str = "", with_repr: bool = True) -> Json:
    """An `Opaque`: the type, the beginning of its repr or its signature, and why it is no more."""
    kind = type(thing)
    shown = (_signature(thing) or _repr(thing)) if with_repr else ""
    return {"type": "opaque", "python": type_name(kind), "repr": shown, "why": why or "a value of this kind is not carried"}


def type_name(kind: type) -> str:
    """`module.Name` of a type, without the module for built-in ones and the student's own."""
    module = type.__dict__["__module__"].__get__(kind) if "__module__" not in kind.__dict__ else kind.__dict__["__module__"]
    name = type.__dict__["__name__"].__get__(kind)
    known = isinstance(module, str) and module not in ("builtins", "__main__")
    return f"{module}.{name}"[:200] if known else str(name)[:200]


def _signature(thing: Any) -> str:
    if not inspect.isroutine(thing) and not isinstance(thing, type):
        return ""
    word = "class" if isinstance(thing, type) else "def"
    name = getattr(thing, "__name__", "?")
    try:
        return f"{word} {name}{inspect.signature(thing)}"[:LONGEST_REPR]
    except (ValueError, TypeError):
        return f"{word} {name}"[:LONGEST_REPR]


def _repr(thing: Any) -> str:
    """The beginning of the object's repr; empty when that fails."""
    try:
        text = repr(thing)
        return str.__getitem__(text, slice(0, LONGEST_REPR)).encode("utf-8", "replace").decode("utf-8")
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return ""


def table(thing: Any, characters: int) -> Json | None:
    """The `Table` of a pandas DataFrame or Series, as many rows as the characters allow; None for anything else."""
    if is_instance_of(thing, "pandas", "Series"):
        thing = thing.to_frame()
    elif not is_instance_of(thing, "pandas", "DataFrame"):
        return None
    plain_index = type(thing.index).__name__ == "RangeIndex"
    columns = [str(name) for name in itertools.islice(thing.columns, MOST_COLUMNS)]
    if not plain_index:
        columns = [str(thing.index.name or ""), *columns]
    rows = itertools.islice(thing.itertuples(index=not plain_index, name=None), MOST_ROWS)
    cells = []
    for row in rows:
        cells.append([str(cell)[:LONGEST_CELL] for cell in row[: len(columns)]])
        characters -= sum(map(len, cells[-1]))
        if characters < 0:
            break
    return {"type": "table", "columns": columns, "rows": cells, "source": "dataframe"}
