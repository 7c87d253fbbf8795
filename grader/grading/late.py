"""What handing in late costs. Pure: from times to points."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from math import ceil

from grader.model.rubric import LatePolicy

DAY = 86_400


def loss(policy: LatePolicy, due: datetime, handed_in: datetime, points: Fraction) -> Fraction:
    """Points lost out of `points`: a share for each day begun after `due`, at most the cap; none within the grace."""
    late = (handed_in - due).total_seconds()
    if late <= policy.grace or late <= 0:
        return Fraction(0)
    return points * min(policy.cap, policy.loss_per_day * ceil(late / DAY))


def moment(text: str) -> datetime | None:
    """An ISO 8601 time with an offset; None for anything else: nobody loses points by a time that cannot be read."""
    try:
        read = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return read if read.tzinfo is not None else None
