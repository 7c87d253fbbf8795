"""The host's side of the wire: what came out of the box as captures and cell records, or `WireError`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from grader.errors import WireError
from grader.model.evidence import Capture, CaptureStatus, CellRun
from grader.model.probe import Probe
from grader.sandbox.inside.wire import BrokenFrame, Caps, Decoder, Message

__all__ = ["BrokenFrame", "Caps", "Decoder", "Message", "as_message", "question", "read_capture", "read_cell"]

FROM_INSIDE = (CaptureStatus.CAPTURED, CaptureStatus.RAISED, CaptureStatus.MISSING)
"""The other statuses are the host's word alone."""


def read_capture(header: object, blobs: Mapping[str, bytes]) -> Capture:
    """The capture in a frame.

    Raises:
        WireError: it is none, or claims a status that only the host gives.
    """
    try:
        capture = Capture.model_validate(header, context={"blobs": blobs})
    except Exception as error:  # a hostile array header raises whatever numpy meets on its way
        raise WireError(f"what came back is no capture: {_brief(error)}") from None
    if capture.status not in FROM_INSIDE:
        raise WireError(f"the box may not say {capture.status.value}")
    if (capture.status is CaptureStatus.CAPTURED) is not (capture.value is not None):
        raise WireError("a capture has a value exactly when something was captured")
    if capture.status is CaptureStatus.RAISED and capture.error is None:
        raise WireError("a capture that raised says what was raised")
    return capture


def read_cell(header: Mapping[str, object], part: str, cell: int | None) -> CellRun:
    """The record of a cell in a frame; which cell it was is the host's own knowledge.

    Raises:
        WireError: it is none.
    """
    fields = {k: v for k, v in header.items() if k not in ("frame", "part", "cell")}
    try:
        run = CellRun.model_validate({**fields, "part": part, "cell": cell})
    except Exception as error:  # as above
        raise WireError(f"what came back is no record of a cell: {_brief(error)}") from None
    if run.status not in ("ok", "raised"):
        raise WireError(f"the box may not say {run.status}")
    return run


def question(probe: Probe) -> Message:
    """The probe as it goes into the box: JSON and blobs."""
    return as_message(probe)


def as_message(model: BaseModel) -> Message:
    """A model as a frame: its fields as the header, its arrays as blobs."""
    blobs: dict[str, bytes] = {}

    def put(blob: bytes) -> str:
        key = str(len(blobs))
        blobs[key] = blob
        return key

    header: dict[str, Any] = model.model_dump(mode="json", context={"put": put})
    return Message(header, blobs)


def _brief(error: Exception) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:500]
