"""One run by value: all that a worker elsewhere needs for it, and the evidence that comes back. Frames of JSON and raw arrays.

The frames are those of the box's wire, each within its caps. Nothing in them is ever unpickled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, TypeVar

from pydantic import BaseModel, TypeAdapter

from grader.errors import WireError
from grader.model.base import Frozen
from grader.model.evidence import Capture, CaptureStatus, CellRun, Evidence
from grader.model.probe import Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Part, Submission
from grader.sandbox.inside import wire
from grader.sandbox.inside.files import place
from grader.sandbox.wire import BrokenFrame, Caps, Decoder, as_message

Frames: TypeAlias = list[bytes]
ModelT = TypeVar("ModelT", bound=BaseModel)
_PROBE: TypeAdapter[Probe] = TypeAdapter(Probe)
NOT_SENT = ("id", "root", "parts", "faults", "handed_in", "marked_late", "students")
"""Fields of a submission that no run needs, who handed it in among them; its parts go in frames of their own."""
TOO_LARGE = Capture(status=CaptureStatus.BOX_FAILED, detail="what was seen is too large to be sent from the worker")


@dataclass(frozen=True, slots=True)
class Order:
    """What one run is asked to be."""

    plan: Plan
    submission: Submission
    limits: Limits


class Refusal(Frozen):
    """In the place of evidence: why a worker could not build the box, and what mends it."""

    why: str
    mend: str = ""


@dataclass(frozen=True, slots=True)
class _Frame:
    """What a frame holds: a model's kind and fields, its arrays, and the name that it goes by."""

    kind: str
    name: str
    fields: Any
    blobs: Mapping[str, bytes]

    def model(self, kind: type[ModelT]) -> ModelT:
        return kind.model_validate(self.fields, context={"blobs": self.blobs})


def pack_order(plan: Plan, submission: Submission, limits: Limits) -> Frames:
    """The run by value, its files of data excepted. A link that leads out of the submission's folder is left out.

    Raises:
        OSError, ValueError: a file cannot be read, its name leads elsewhere, or it is too large to be sent.
    """
    data = tuple(file.model_copy(update={"path": ""}) for file in plan.data)
    root = Path(submission.root).resolve()
    try:
        return [
            _pack("limits", limits),
            _pack("plan", plan.model_copy(update={"probes": (), "data": data})),
            _pack("submission", Submission(id="", root="", **_sent(submission))),
            *(_pack("part", part) for part in submission.parts),
            *(_pack("probe", probe) for probe in plan.for_box),
            *(_raw("file", name, path.read_bytes()) for name, path in _files(root, submission)),
        ]
    except BrokenFrame as error:
        raise ValueError(f"the submission is too large to be sent: {error}") from None


def _sent(submission: Submission) -> dict[str, Any]:
    return {name: getattr(submission, name) for name in Submission.model_fields if name not in NOT_SENT}


def _files(root: Path, submission: Submission) -> Iterator[tuple[str, Path]]:
    for name in submission.files:
        real = Path(place(str(root), name)).resolve()
        if real.is_relative_to(root) and real.is_file():
            yield name, real


def lay_order(frames: Frames, data: Mapping[str, Path], home: Path) -> Order:
    """The run that the frames tell, with the submission's files laid into `home`; `data` are files by digest.

    Raises:
        OSError, WireError: a file cannot be laid, or these are no such frames.
    """
    found = [_read(frame, Caps()) for frame in frames]
    by_kind: dict[str, list[_Frame]] = {}
    for frame in found:
        by_kind.setdefault(frame.kind, []).append(frame)
    try:
        for frame in by_kind.get("file", ()):
            path = Path(place(str(home), frame.name))
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(frame.blobs["data"])
        plan = by_kind["plan"][0].model(Plan)
        files = tuple(file.model_copy(update={"path": str(data[file.digest])}) for file in plan.data)
        probes = tuple(_PROBE.validate_python(f.fields, context={"blobs": f.blobs}) for f in by_kind.get("probe", ()))
        parts = tuple(frame.model(Part) for frame in by_kind.get("part", ()))
        submission = by_kind["submission"][0].model(Submission).model_copy(update={"root": str(home), "parts": parts})
        limits = by_kind["limits"][0].model(Limits)
    except (KeyError, ValueError) as error:
        raise WireError(f"these frames are no run: {error}") from None
    return Order(plan.model_copy(update={"probes": probes, "data": files}), submission, limits)


def pack_evidence(evidence: Evidence) -> Frames:
    """The evidence by value. A capture beyond the caps of a frame is one that the box failed to bring."""
    run = evidence.run.model_copy(update={"cells": ()})
    return [
        _pack("evidence", Evidence(submission=evidence.submission, run=run)),
        *(_pack("cell", cell) for cell in evidence.run.cells),
        *(_pack_capture(key, capture) for key, capture in evidence.captures.items()),
    ]


def _pack_capture(key: str, capture: Capture) -> bytes:
    try:
        return _pack("capture", capture, key)
    except BrokenFrame:
        return _pack("capture", TOO_LARGE, key)


def pack_refusal(refusal: Refusal) -> Frames:
    """No evidence, and why."""
    return [_pack("refusal", refusal)]


def read_answer(frames: Frames, order: Order) -> Evidence | Refusal:
    """What a worker answered to this order.

    Raises:
        WireError: it is no evidence of this submission for this plan, or beyond the caps.
    """
    parts = max(1, len(order.submission.parts))
    caps = Caps(blobs=int(order.limits.capture) * parts)  # what several parts brought may be joined in one capture
    try:
        first, *rest = [_read(frame, caps) for frame in frames]
        if first.kind == "refusal":
            return first.model(Refusal)
        return _evidence(first.model(Evidence), rest, order)
    except (ValueError, KeyError) as error:
        raise WireError(f"what came back from the worker is no evidence: {error}") from None


def _evidence(bare: Evidence, rest: list[_Frame], order: Order) -> Evidence:
    captures = {frame.name: frame.model(Capture) for frame in rest if frame.kind == "capture"}
    asked = [probe.key for probe in order.plan.for_box]
    if bare.submission != order.submission.digest or captures.keys() != set(asked):
        raise ValueError("it answers something else than what was asked")
    cells = tuple(frame.model(CellRun) for frame in rest if frame.kind == "cell")
    return Evidence(
        submission=bare.submission,
        captures={key: captures[key] for key in asked},
        run=bare.run.model_copy(update={"cells": cells}),
    )


def _pack(kind: str, model: BaseModel, name: str = "") -> bytes:
    message = as_message(model)
    return b"".join(wire.encode({"kind": kind, "name": name, "fields": message.header}, message.blobs))


def _raw(kind: str, name: str, data: bytes) -> bytes:
    return b"".join(wire.encode({"kind": kind, "name": name, "fields": {}}, {"data": data}))


def _read(frame: bytes, caps: Caps) -> _Frame:
    try:
        (message,) = Decoder(caps).feed(frame)
    except (BrokenFrame, ValueError) as error:
        raise WireError(f"this is no frame: {error}") from None
    header = message.header
    return _Frame(str(header.get("kind")), str(header.get("name")), header.get("fields"), message.blobs)
