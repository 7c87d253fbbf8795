"""Cut LaTeX mathematics into tokens that know where they stood in the source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape
from typing import Final, Literal, TypeAlias

from grader.symbolic import limits
from grader.symbolic.tree import Span
from grader.symbolic.unicode_math import COMBINING, accent_of, spelled
from grader.symbolic.unread import Unread
from grader.symbolic.vocabulary import (
    AS_SYMBOL,
    GAPS,
    IGNORED,
    MATH_FONTS,
    SKIPPED_WITH_ARGUMENT,
    SYNONYMS,
    TEXT,
    THIN,
    WIDE,
)

Kind: TypeAlias = Literal["letter", "number", "command", "symbol", "text", "begin", "end", "gap", "tag", "other"]


@dataclass(frozen=True, slots=True)
class Token:
    """One word of mathematics. ``text`` is canonical (``\\dfrac`` is ``\\frac``); ``spaced`` when white space stood before it."""

    kind: Kind
    text: str
    start: int
    end: int
    spaced: bool = False

    @property
    def span(self) -> Span:
        return (self.start, self.end)


_PATTERN: Final = re.compile(
    r"""(?P<space>\s+)
    |(?P<comment>%[^\n]*)
    |(?P<command>\\(?:(?:operatorname|hspace|vspace|tag|DeclareMathOperator)\*|[A-Za-z]+|.))
    |(?P<number>(?:[0-9]+\.[0-9]+|\.[0-9]+|[0-9]+\.(?![.A-Za-z0-9])|[0-9]+)(?:[eE][-+]?[0-9]+(?![0-9A-Za-z]))?)
    |(?P<dots>\.\.\.)
    |(?P<html>&(?:[A-Za-z]{2,8}|\#[0-9]{2,6}|\#x[0-9A-Fa-f]{2,5});|</?su[bp]>|<br\s*/?>)
    |(?P<dotted>\.(?:[*/](?!\.)|\^\s*-?[0-9]+))
    |(?P<letter>[A-Za-z])
    |(?P<symbol>:=|[-+*/=<>()\[\]{}^_&|,;:.!'@~?"`$#])
    |(?P<unicode>[^\x00-\x7f])
    |(?P<other>.)""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_WORD: Final = re.compile(r"([A-Za-z0-9_ .,'\-]*)\}")
_ENVIRONMENT: Final = re.compile(r"\s*\{\s*([A-Za-z]+\*?)\s*\}")
_ROW_SPACE: Final = re.compile(r"\*?(?:\s*\[\s*-?[0-9.]+\s*(?:pt|em|ex|mm|cm|in)\s*\])?")
_COLUMNS: Final = re.compile(r"\s*(?:\[[tbclr]\])?\s*(?:\{[lcr|@ {}.!>*0-9]*\})?")
_COLUMNED: Final = frozenset({"array", "alignat", "alignat*", "alignedat", "aligned", "gathered", "split", "subequations"})
_DOTTED: Final = {"*": "\\odot", "/": "\\oslash"}
_BRACKETS: Final = frozenset({"\\|", "\\{", "\\}"})
_FRACTIONS: Final = frozenset({"\\frac"})


def tokenize(source: str, start: int = 0, end: int | None = None) -> list[Token]:
    """The tokens of ``source[start:end]``, with spans into ``source``; raises `Unread` above the caps."""
    stop = len(source) if end is None else end
    if stop - start > limits.CHARACTERS:
        raise Unread((start, start + 40), "too-long", f"longer than {limits.CHARACTERS} characters")
    return _Tokenizer(source, start, stop).run()


class _Tokenizer:
    def __init__(self, source: str, start: int, stop: int) -> None:
        self.source, self.at, self.stop = source, start, stop
        self.tokens: list[Token] = []
        self.spaced = False
        self.digits = 0
        self.lefts: list[str] = []
        self.script = ""
        self.left: int | None = None

    def run(self) -> list[Token]:
        while self.at < self.stop:
            match = _PATTERN.match(self.source, self.at, self.stop)
            if match is None:
                break
            begin, self.at = self.at, match.end()
            self._take(str(match.lastgroup), match.group(), begin)
            if len(self.tokens) > limits.TOKENS:
                raise Unread((begin, begin + 1), "too-long", f"more than {limits.TOKENS} symbols in one formula")
        return self.tokens

    def _take(self, group: str, text: str, begin: int) -> None:
        if group in ("space", "comment"):
            self.spaced = True
        elif group == "command":
            self._command(text, begin)
        elif group == "number":
            self._number(text, begin)
        elif group == "unicode":
            self._unicode(text, begin)
        elif group == "dots":
            self._emit("command", "\\dots", begin)
        elif group == "letter":
            self._emit("letter", text, begin)
        elif group == "dotted":
            self._dotted(text, begin)
        elif group == "html":
            self._html(text, begin)
        elif text == "~":
            self._emit("gap", "~", begin)
        else:
            self._emit("symbol" if group == "symbol" else "other", text, begin)

    def _dotted(self, text: str, begin: int) -> None:
        """``.*``, ``./`` and ``.^`` of Matlab act entry by entry."""
        power = text[2:].strip()
        for piece in ("^", "{", "\\odot", *power, "}") if power else (_DOTTED[text[1]],):
            self._emit(_kind(piece), piece, begin)

    def _html(self, text: str, begin: int) -> None:
        """``&nabla;`` is its character, ``<sub>`` opens an index; what is no entity is an alignment mark and what follows."""
        if text.startswith("<"):
            for piece in {"su": ("^" if text.endswith("p>") else "_", "{"), "/s": ("}",)}.get(text[1:3], ()):
                self._emit("symbol", piece, begin)
            self.spaced = self.spaced or text.startswith("<br")
            return
        mark = unescape(text)
        if mark == text or len(mark) > 1:
            self.at = begin + 1
            self._emit("symbol", "&", begin)
        elif mark.isspace():
            self.spaced = True
        elif mark.isascii():
            self._emit(_kind(mark), mark, begin)
        else:
            self._unicode(mark, begin)

    def _emit(self, kind: Kind, text: str, begin: int) -> None:
        self.tokens.append(Token(kind, text, begin if self.left is None else self.left, self.at, self.spaced))
        self.spaced, self.left = False, None
        if kind != "number":
            self.digits = 2 if text in _FRACTIONS else 0

    def _number(self, text: str, begin: int) -> None:
        """``\\frac12`` is one half: TeX takes single digits there."""
        if self.digits and text.isdigit():
            text, self.at, self.digits = text[0], begin + 1, self.digits - 1
        self._emit("number", text, begin)

    def _unicode(self, text: str, begin: int) -> None:
        if text in COMBINING and self.tokens:
            last = self.tokens.pop()
            for piece in (accent_of(text), "{"):
                self._emit(_kind(piece), piece, begin)
            self.tokens.append(last)
            self._emit("symbol", "}", begin)
            return
        pieces = spelled(text)
        if not pieces and not text.isprintable():
            return
        joined = self._joined_script(pieces)
        for piece in joined or pieces or (text,):
            self._emit(_kind(piece) if pieces else "other", piece, begin)

    def _joined_script(self, pieces: tuple[str, ...]) -> tuple[str, ...]:
        """Neighbouring Unicode indices are one script: the closing brace before is taken back, if no one wrote it."""
        if self.spaced or len(pieces) < 4 or pieces[0] != self.script or not self.tokens:
            self.script = pieces[0] if pieces and pieces[0] in "_^" else ""
            return ()
        last = self.tokens[-1]
        if last.text != "}" or self.source[last.start] == "}":
            return ()
        self.tokens.pop()
        return pieces[2:]

    def _command(self, text: str, begin: int) -> None:
        if text in ("\\left", "\\right"):
            self._delimiter(text, begin)
        elif text in ("\\begin", "\\end"):
            self._environment(text, begin)
        elif text == "\\\\":
            self._skip(_ROW_SPACE)
            self._emit("symbol", "\\\\", begin)
        elif text in TEXT and self._text(text, begin):
            return
        elif text in ("\\tag", "\\tag*"):
            self._emit("tag", self._argument().strip(), begin)
        elif text in SKIPPED_WITH_ARGUMENT:
            self._argument()
            self.spaced = True
        elif text in ("\\textcolor", "\\colorbox"):
            self._argument()
            self._emit("command", "\\boxed", begin)
        elif text in WIDE:
            if text not in ("\\quad", "\\qquad"):
                self._argument()
            self._emit("gap", "\\quad", begin)
        elif text in GAPS:
            self._emit("gap", "\\ ", begin)
        elif text in THIN or text in IGNORED:
            self.spaced = True
        else:
            text = SYNONYMS.get(text, text)
            self._emit("symbol" if text in AS_SYMBOL or text in _BRACKETS else "command", AS_SYMBOL.get(text, text), begin)

    def _delimiter(self, text: str, begin: int) -> None:
        """``\\left`` and ``\\right`` are not read, an empty delimiter neither; a bar closing one becomes ``\\evaluated``."""
        while self.at < self.stop and self.source[self.at].isspace():
            self.at += 1
        mark = self.source[self.at] if self.at < self.stop else ""
        self.spaced = self.spaced or text == "\\left"
        if text == "\\left":
            self.lefts.append(mark)
            self.left = begin
        opened = self.lefts.pop() if text == "\\right" and self.lefts else ""
        if mark == ".":
            self.at += 1
        elif text == "\\right" and opened == "." and mark == "|":
            self.at += 1
            self._emit("command", "\\evaluated", begin)

    def _environment(self, text: str, begin: int) -> None:
        match = _ENVIRONMENT.match(self.source, self.at, self.stop)
        if match is None:
            self._emit("command", text, begin)
            return
        self.at = match.end()
        name = match.group(1)
        if text == "\\begin" and name in _COLUMNED:
            self._skip(_COLUMNS)
        self._emit("begin" if text == "\\begin" else "end", name, begin)

    def _skip(self, pattern: re.Pattern[str]) -> None:
        match = pattern.match(self.source, self.at, self.stop)
        self.at = match.end() if match else self.at

    def _text(self, text: str, begin: int) -> bool:
        """Take the braces after a text command as one token; False when they hold mathematics."""
        content_at = self._brace()
        if content_at is None:
            return False
        if text in MATH_FONTS:
            plain = _PLAIN_WORD.match(self.source, content_at, self.stop)
            if plain is None or (text == "\\mathbf" and len(plain.group(1).strip()) < 2):
                return False
        word = self._argument().strip()
        if word:
            self._emit("letter" if len(word) == 1 and word.isascii() and word.isalpha() else "text", word, begin)
        return True

    def _argument(self) -> str:
        """The text of a braced argument, which is skipped; "" when none follows."""
        content_at = self._brace()
        if content_at is None:
            return ""
        inside = self.source[content_at : self._closing(content_at)]
        self.at = min(content_at + len(inside) + 1, self.stop)
        return inside

    def _brace(self) -> int | None:
        place = self.at
        while place < self.stop and self.source[place].isspace():
            place += 1
        return place + 1 if place < self.stop and self.source[place] == "{" else None

    def _closing(self, place: int) -> int:
        depth = 1
        while place < self.stop:
            mark = self.source[place]
            depth += (mark == "{") - (mark == "}")
            if not depth:
                return place
            place += 2 if mark == "\\" else 1
        return self.stop


def _kind(piece: str) -> Kind:
    if piece.startswith("\\"):
        return "symbol" if piece in _BRACKETS else "command"
    if piece.isalpha():
        return "letter"
    return "number" if piece.isdigit() else "symbol"
