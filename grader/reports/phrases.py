"""Facts of a reason as phrases: shapes, numbers, names, places. Nothing here fails on an absent or odd fact."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from grader.model.evidence import Place
from grader.reports.text import listed, one_line, quoted


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one reason; `subject` is what the student calls the thing (its name, or "your answer")."""

    facts: Mapping[str, Any]
    subject: str = "your answer"

    def __contains__(self, key: str) -> bool:
        return self.facts.get(key) not in (None, "", [], {})

    @property
    def Subject(self) -> str:
        """The subject at the beginning of a sentence."""
        return self.subject[:1].upper() + self.subject[1:]

    def text(self, key: str, otherwise: str = "") -> str:
        """The fact as plain words."""
        value = self.facts.get(key)
        return otherwise if value in (None, "") else one_line(str(value))

    def code(self, key: str, otherwise: str = "") -> str:
        """The fact as code."""
        value = self.facts.get(key)
        return otherwise if value in (None, "", [], {}) else quoted(written(value))

    def words(self, key: str) -> str:
        """The fact as a quotation from what a student wrote: “It is false because …”."""
        return f"“{one_line(str(self.facts.get(key, '')).replace('`', chr(39)), 160)}”"

    def shape(self, key: str, otherwise: str = "another shape") -> str:
        """A shape, ``(2, 3)``; a single number where it is empty."""
        value = self.facts.get(key)
        if not isinstance(value, list | tuple):
            return otherwise if value is None else quoted(written(value))
        return f"shape `{written(tuple(value))}`" if value else "no axes (a single number)"

    def codes(self, key: str, last: str = "and", most: int = 6) -> str:
        """A list of names as code: ``a`` and ``b``."""
        value = self.facts.get(key)
        items = value if isinstance(value, list | tuple) else [] if value in (None, "") else [value]
        shown = [quoted(written(item)) for item in items[:most]]
        if len(items) > most:
            shown.append(f"{len(items) - most} more")
        return listed(shown, last)

    def phrases(self, key: str, most: int = 6) -> str:
        """A list of phrases of the rubric, as they stand."""
        value = self.facts.get(key)
        items = value if isinstance(value, list | tuple) else []
        return "; ".join(one_line(written(item)).rstrip(".") for item in items[:most])

    def percent(self, key: str) -> str:
        """A share in 0..1 as a percentage that is never rounded to nothing or to all."""
        value = self.facts.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return ""
        share = 100 * min(max(value, 0.0), 1.0)
        if 0 < share < 1:
            return "less than 1 %"
        if 99 < share < 100:
            return "more than 99 %"
        return f"{share:.0f} %"

    def count(self, key: str) -> int | None:
        value = self.facts.get(key)
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def inner(self, key: str) -> Facts:
        """A nested group of facts."""
        value = self.facts.get(key)
        return Facts(value if isinstance(value, Mapping) else {}, self.subject)

    def items(self, key: str) -> tuple[Facts, ...]:
        """A list of groups of facts."""
        value = self.facts.get(key)
        if not isinstance(value, list | tuple):
            return ()
        return tuple(Facts(item, self.subject) for item in value if isinstance(item, Mapping))


def written(value: Any) -> str:
    """A JSON value as a student would write it: ``0.5``, ``(1, 3)``, ``True``, ``[1, 2, …]``."""
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else f"{value:.6g}" if abs(value) < 10**300 else "a huge number"
    if isinstance(value, str):
        return value
    if isinstance(value, tuple):
        comma = "," if len(value) == 1 else ""
        return f"({', '.join(written(item) for item in value[:12])}{comma})"
    if isinstance(value, list):
        more = ", …" if len(value) > 12 else ""
        return f"[{', '.join(written(item) for item in value[:12])}{more}]"
    if isinstance(value, Mapping):
        more = ", …" if len(value) > 6 else ""
        return ", ".join(f"{key}={written(inner)}" for key, inner in list(value.items())[:6]) + more
    return type(value).__name__


def line_of(facts: Facts) -> str:
    """`` at line 3 of cell 5 (`x = y`)`` from the facts of a traceback's line."""
    if "line" not in facts:
        return ""
    number, cell, code = facts.text("line"), facts.count("cell"), facts.code("code")
    place = f"cell {cell + 1}" if cell is not None else facts.code("file", "your code")
    inside = f", in {facts.code('function')}" if "function" in facts and facts.text("function") != "<module>" else ""
    return f" at line {number} of {place}{inside}" + (f": {code}" if code else "")


def where(place: Place) -> str:
    """``cell 5 of hw1.ipynb, under "Problem 3.2", as `dW1` ``; "" when nothing was found. Cells are counted from 1 for people."""
    cell = f"cell {place.cell + 1}" if place.cell is not None else ""
    found = [
        " of ".join(word for word in (cell, one_line(place.part)) if word),
        f"under “{one_line(place.heading)}”" if place.heading else "",
        f"as {quoted(place.name)}" if place.name else "",
    ]
    return ", ".join(word for word in found if word)
