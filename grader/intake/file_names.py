"""Names of handed-in files: which are taken, and how others are shown."""

from __future__ import annotations

import unicodedata
from pathlib import PurePosixPath

JUNK = frozenset(
    {
        "__MACOSX",
        ".git",
        ".ipynb_checkpoints",
        "__pycache__",
        ".venv",
        "venv",
        ".DS_Store",
        "node_modules",
        ".idea",
        ".vscode",
        "grader-results",
    }
)
"""Names that are no part of anybody's work: what editors, systems and `grader ci` leave behind."""
LONGEST, LONGEST_PATH = 255, 1024
BAD_NAME = "A name that is too long or holds invisible characters is not taken. Rename the file and hand it in again."
_UNPRINTABLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, invisible and direction characters, halves of characters (names that are not UTF-8), and line ends."""


def is_taken(path: PurePosixPath) -> bool:
    """Every system and every page can show and store this name."""
    return _size(path.as_posix()) <= LONGEST_PATH and all(map(_is_plain, path.parts))


def _is_plain(name: str) -> bool:
    return _size(name) <= LONGEST and not any(unicodedata.category(character) in _UNPRINTABLE for character in name)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))


def shown(name: str) -> str:
    """A name that can be printed anywhere, whatever it was; shortened in its middle."""
    text = "".join("\ufffd" if unicodedata.category(character) in _UNPRINTABLE else character for character in name)
    return text if len(text) <= LONGEST else f"{text[:120]}...{text[-120:]}"
