"""Text that others wrote, made fit to be shown: visible controls, no lone surrogates, bounded length."""

from __future__ import annotations

import re

_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_UNSEEN = re.compile(f"[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ufeff\\ud800-\\udfff{_BIDI}]")
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with every control, bidirectional control and lone surrogate written out (``\\x1b``); newlines and tabs stay."""
    return _UNSEEN.sub(_written_out, text.replace("\r\n", "\n"))


def _written_out(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def encodable(text: str) -> str:
    """The text as any UTF-8 file can hold it: lone surrogates become U+FFFD."""
    return _SURROGATES.sub("\ufffd", text)


def one_line(text: str, most: int = 200) -> str:
    """The cleaned text on one line, cut after `most` characters."""
    line = " ".join(clean(text[: 4 * most]).split())
    return line if len(line) <= most else line[: most - 1].rstrip() + "…"


def quoted(text: str, most: int = 120) -> str:
    """The text between backticks, which every format shows as code; backticks inside become apostrophes."""
    return f"`{one_line(text, most).replace('`', chr(39)) or ' '}`"


def counted(number: int, noun: str, plural: str = "") -> str:
    """``1 point``, ``3 points``."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(words: list[str] | tuple[str, ...], last: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
