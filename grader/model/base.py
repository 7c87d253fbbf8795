"""What every model of the toolkit shares."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema


class Frozen(BaseModel):
    """A value: immutable, and refusing fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="constants")


def read_fraction(value: Any) -> Fraction:
    """A Fraction from ``1/2``, ``0.25``, ``3`` or a Fraction; decimals are exact.

    Raises:
        ValueError: for anything else, not finite or absurdly long numbers included.
    """
    if isinstance(value, Fraction):
        return value
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(f"expected a number such as 2, 0.5 or 1/2, not {value!r}")
    text = repr(value) if isinstance(value, float) else str(value).strip()
    if not re.fullmatch(r"-?\d{1,9}(\.\d{1,9}|/\d{1,9})?", text) or text.endswith("/0"):
        raise ValueError(f"expected a number such as 2, 0.5 or 1/2, not {value!r}")
    return Fraction(text)


Exact = Annotated[
    Fraction,
    BeforeValidator(read_fraction),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string", "pattern": r"^-?\d+(\.\d+|/\d+)?$"}]}),
]
"""An exact number, written ``2``, ``0.5`` or ``1/2`` in YAML and as ``n/d`` in JSON."""
