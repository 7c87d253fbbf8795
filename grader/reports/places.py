"""Rows of a page's table named by their numbers, so that a long list of submissions need not stand there a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby


def ranges(numbers: Iterable[int]) -> str:
    """``0-2,5`` for 0, 1, 2 and 5: runs of successive numbers, in order."""
    ordered = sorted(set(numbers))
    runs = groupby(enumerate(ordered), key=lambda pair: pair[1] - pair[0])
    ends = [[number for _, number in run] for _, run in runs]
    return ",".join(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in ends)


def places(submissions: Iterable[str], row_of: Mapping[str, int]) -> str:
    """The rows of these submissions as ranges."""
    return ranges(row_of[submission] for submission in submissions)
