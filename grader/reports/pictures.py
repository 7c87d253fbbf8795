"""The figures that checks looked at, as PNG: taken from the outputs of the cells they were drawn in."""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping

from grader.model.evidence import CellRun, Place
from grader.model.report import Report

MAX_BYTES = 2**20
"""Of one picture; a page with larger ones would not open on a phone."""


def pictures_of(report: Report) -> dict[str, bytes]:
    """``question/check`` to the PNG of the cell its figure was found in, for the checks of figures whose cell has one."""
    runs = {(run.part, run.cell): run for run in report.run.cells}
    found = {}
    for question in report.questions:
        for check in question.checks:
            picture = _picture(runs, check.verdict.place) if check.kind == "figure" else b""
            if picture:
                found[f"{question.id}/{check.id}"] = picture
    return found


def _picture(runs: Mapping[tuple[str, int | None], CellRun], place: Place) -> bytes:
    run = runs.get((place.part, place.cell))
    try:
        outputs = json.loads(run.outputs) if run is not None else []
    except (ValueError, RecursionError):
        return b""
    for output in outputs if isinstance(outputs, list) else ():
        data = output.get("data") if isinstance(output, dict) else None
        text = data.get("image/png") if isinstance(data, dict) else None
        if isinstance(text, str) and len(text) < MAX_BYTES * 4 // 3:
            return _decoded(text)
    return b""


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=False)
    except (ValueError, binascii.Error):
        return b""
