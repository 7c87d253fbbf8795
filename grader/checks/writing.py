"""What a student wrote herself, apart from what was handed out."""

from __future__ import annotations

import re

from grader.model.evidence import Capture
from grader.model.verdict import Verdict, failed

_PLACEHOLDER = re.compile(
    r"(?:(?:your|type|write|enter|insert|put|double[- ]click)\b.{0,40}\b(?:answer|solution|response|explanation|text)\b.{0,20}"
    r"|(?:your\s+)?(?:answer|solution|response|explanation)\s*(?:here)?|to\s?do|tbd)\W*",
    re.IGNORECASE,
)
_MARKS = re.compile(r"[*_`#>$~\[\]()<!-]+")


def own_text(text: str, skeleton: str = "") -> str:
    """The text without lines of the skeleton and without placeholders such as ``Your answer here``."""
    given = {_words(line) for line in skeleton.splitlines()}
    kept = [line for line in text.splitlines() if (words := _words(line)) not in given and not _PLACEHOLDER.fullmatch(words)]
    return "\n".join(kept).strip()


def _words(line: str) -> str:
    return " ".join(_MARKS.sub(" ", line).split()).casefold()


def nothing_written(capture: Capture) -> Verdict:
    """FAILED: the place is there, and nothing of the student's own is written in it."""
    return failed("empty", heading=capture.place.heading, name=capture.place.name)
