"""What a student wrote herself, apart from what was handed out."""

from __future__ import annotations

import re

from grader.model.evidence import Capture
from grader.model.verdict import Verdict, failed

_PLACEHOLDER = re.compile(
    r"(?:(?:please )?(?:type|write|enter|insert|put|add|give) )?(?:your|the|an) (?:\w+ )?"
    r"(?:answer|solution|response|explanation|text)(?: (?:goes|comes))?(?: (?:here|below|in this cell))?\W*"
    r"|double click.{0,60}|(?:answer|solution|response|explanation) here\W*|to ?do\W*|tbd\W*"
)
"""Lines that course notebooks hold open for an answer, as `_words` writes them."""
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
