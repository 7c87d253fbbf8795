"""A submission's time and its deadlines: what the machine or our own work keep from it does not count."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from grader.model.rubric import Limits

FOR_PROBES = 0.25
"""Share of the whole time that cells may not use: what the earlier ones left behind is still looked at."""
FOR_STALLS = 0.5
"""Share of the whole time that is given back at most, so that a submission that makes the machine stall cannot go on for ever."""
SLICE = 0.2
"""Seconds of one wait of ours: so often we look whether the box could work, and whether we were woken in time."""
JITTER = 0.1
"""Seconds by which a wait may be longer on a machine that is merely busy."""
STARVED = 0.2
"""Share of a processor below which a process that wants one was kept from it."""
SECOND_TRIES = 1
"""How often what was killed, and not by us, is begun again: the machine may have been short of memory."""
READING = 0.25
"""Seconds after a deadline in which we may still read what came before it."""


@dataclass(frozen=True, slots=True)
class Activity:
    """What a box's processes have done so far: processor seconds, and whether any could go on but for the machine."""

    processor: float
    is_held_up: bool


@dataclass(frozen=True, slots=True)
class Sample:
    """The activity at one moment of the submission's time; None where the system does not tell it."""

    at: float
    activity: Activity | None


@dataclass(slots=True)
class Clock:
    """The deadlines of one run, in the submission's time: the machine's monotonic clock without what was given back."""

    cells_until: float
    until: float
    spare: float
    machine: Callable[[], float] = time.monotonic
    _given: float = 0.0
    _tries: int = SECOND_TRIES

    @classmethod
    def start(cls, limits: Limits, machine: Callable[[], float] = time.monotonic) -> Clock:
        now = machine()
        return cls(now + limits.wall * (1 - FOR_PROBES), now + limits.wall, limits.wall * FOR_STALLS, machine)

    @property
    def now(self) -> float:
        return self.machine() - self._given

    @property
    def is_over(self) -> bool:
        return self.now >= self.until

    def may_try_again(self) -> bool:
        """Whether there is a second try left; it is taken."""
        self._tries -= 1
        return self._tries >= 0

    def forgive(self, seconds: float) -> None:
        """Give back what our own work took."""
        self._given += seconds

    def next_wake(self, until: float) -> float:
        """Until when to wait now, by the machine's clock, for something that has until this moment of the submission's."""
        return self.machine() + max(0.0, min(until - self.now, SLICE))

    def note_woken(self, wake: float) -> None:
        """A wait that was to end at `wake` at the latest is over: what it took beyond that, the whole machine stood still."""
        overshoot = self.machine() - wake
        if overshoot > JITTER:
            self._give_back(overshoot)

    def forgive_starving(self, before: Sample | None, activity: Activity | None) -> Sample:
        """Give back the time since the sample before if the box was kept from working in it; the sample of now."""
        if before is not None and before.activity is not None and activity is not None and activity.is_held_up:
            took, worked = self.now - before.at, activity.processor - before.activity.processor
            if worked < STARVED * took:
                self._give_back(took - max(0.0, worked))
        return Sample(self.now, activity)

    def _give_back(self, seconds: float) -> None:
        given = min(seconds, self.spare)
        self.spare -= given
        self._given += given
