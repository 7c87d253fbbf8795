"""The deadlines of one run."""

from __future__ import annotations

import time
from dataclasses import dataclass

from grader.model.rubric import Limits

FOR_PROBES = 0.25
"""Share of the whole time that cells may not use: what the earlier ones left behind is still looked at."""


@dataclass(slots=True)
class Clock:
    """The deadlines of one run, on the monotonic clock; they move by what our own work took."""

    cells_until: float
    until: float

    @classmethod
    def start(cls, limits: Limits) -> Clock:
        now = time.monotonic()
        return cls(cells_until=now + limits.wall * (1 - FOR_PROBES), until=now + limits.wall)

    def forgive(self, seconds: float) -> None:
        """Time that the submission did not use."""
        self.cells_until += seconds
        self.until += seconds

    @property
    def is_over(self) -> bool:
        return time.monotonic() >= self.until
