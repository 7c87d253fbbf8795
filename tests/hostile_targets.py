"""The parsers of hostile input, each as a function of bytes that lets only what it must not raise through."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from grader.checks.derivation import DerivationCheck
from grader.errors import UsageError, WireError
from grader.intake.archives import unpack
from grader.intake.documents import Outline, headings_in
from grader.intake.notebooks import NotebookFault, read_notebook
from grader.intake.rubrics import load_rubric
from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Capture
from grader.model.values import Section
from grader.model.verdict import Status
from grader.sandbox.inside.wire import BrokenFrame, Caps, Decoder
from grader.sandbox.wire import read_capture, read_cell


def frames(data: bytes) -> None:
    """Bytes from the box: messages, then captures and records out of them."""
    try:
        messages = Decoder(Caps(header=2**20, blobs=2**20)).feed(data)
    except BrokenFrame:
        return
    for message in messages:
        for read in (lambda m: read_capture(m.header.get("capture"), m.blobs), lambda m: read_cell(m.header, "a", 0)):
            try:
                read(message)
            except WireError:
                continue


def capture(data: bytes) -> Capture | None:
    try:
        return read_capture(json.loads(data), {"0": data})
    except (WireError, ValueError, RecursionError):
        return None


def notebook(data: bytes, then: Callable[[object], object] = lambda _: None) -> None:
    try:
        read_notebook(data, "a.ipynb")
    except NotebookFault as fault:
        then(fault)
        assert fault.text.endswith((".", "?"))  # noqa: PT017 (any fault is right, but it says something)


def archive(data: bytes) -> None:
    """Whatever it holds, nothing is written but plain files below the folder."""
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "a.zip").write_bytes(data)
        faults = unpack(room / "a.zip", room / "in" / "a")
        assert {p.name for p in room.iterdir()} == {"a.zip", "in"}
        assert [p.name for p in (room / "in").iterdir()] == ["a"]
        assert not any(p.is_symlink() for p in (room / "in").rglob("*"))
        assert all(fault.text.endswith(".") for fault in faults)


def rubric(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rubric.yaml"
        path.write_bytes(data)
        try:
            load_rubric(path)
        except UsageError as error:
            assert str(error)  # noqa: PT017 (as above)


def document(data: bytes) -> None:
    headings_in(data.decode("utf-8", "replace"), Outline())


@cache
def _check() -> DerivationCheck:
    fields: dict[str, object] = {"environment": "mlp_sigmoid", "quantity": r"\nabla W_2", "reference": "(x_3 - t) x_2^T"}
    return DerivationCheck.model_validate({"id": "a", "points": 1, "weights": {"final": "1/2", "steps": "1/2"}, **fields})


def derivation(data: bytes) -> None:
    """Whatever a section says, it is judged, and right only where it holds a formula."""
    text = data.decode("utf-8", "replace")
    verdict = _check().judge((Capture.of(Section(part="a.md", heading="1", text=text)),), ())
    assert verdict.status is not Status.PASSED or "x" in text


def submission_files(name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "s" / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x = 1")
        except (OSError, ValueError):
            return  # no system takes such a name
        if path.resolve().is_relative_to(Path(folder).resolve() / "s"):
            read_submission(Source("s", Path(folder) / "s"), Path(folder)).model_dump_json()


TARGETS: dict[str, Callable[[bytes], object]] = {
    "frames": frames,
    "capture": capture,
    "notebook": notebook,
    "archive": archive,
    "rubric": rubric,
    "document": document,
    "derivation": derivation,
}
