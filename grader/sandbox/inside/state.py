"""What is left of a part after its run: all that probes look at."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import Files
from .plots import Drawn


@dataclass
class State:
    """The names a part defined, which cell assigned each, what its cells printed, and the cells themselves."""

    part: str
    kind: str
    cells: tuple[Mapping[str, Any], ...]
    files: Files
    namespace: Mapping[str, Any]
    hidden: Collection[str] = ()
    assigned: Mapping[str, int] = field(default_factory=dict)
    printed: Mapping[int, str] = field(default_factory=dict)
    drawn: Sequence[Drawn] = ()
    capture_limit: float = 128.0 * 2**20

    @classmethod
    def of(cls, part: Mapping[str, Any], limits: Mapping[str, Any], files: Files, **rest: Any) -> State:
        """The state of this part of a job."""
        about: dict[str, Any] = {"part": str(part["path"]), "kind": str(part["kind"]), "cells": tuple(part["cells"])}
        return cls(**about, files=files, capture_limit=float(limits.get("capture", cls.capture_limit)), **rest)

    def headings_of(self, cell: int | None) -> tuple[str, ...]:
        """The headings a cell stands under, outermost first."""
        return next((tuple(each.get("headings", ())) for each in self.cells if each["index"] == cell), ())
