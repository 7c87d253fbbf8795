"""A place in a row of tokens, with brackets paired once, and the nesting bounded."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NoReturn, TypeVar

from grader.symbolic import limits
from grader.symbolic.tokens import Token
from grader.symbolic.tree import Span
from grader.symbolic.unread import Unread

T = TypeVar("T")

_CLOSES: Final = {
    ")": "(", "]": "[", "}": "{", "\\}": "\\{", "\\rfloor": "\\lfloor", "\\rceil": "\\lceil", "\\rangle": "\\langle",
}  # fmt: skip
_OPENS: Final = frozenset(_CLOSES.values())
END: Final = Token("other", "", 0, 0)


def partners(tokens: list[Token]) -> list[int]:
    """For each opening bracket or ``\\begin`` the place of its partner, -1 elsewhere. Braces win over brackets."""
    found = [-1] * len(tokens)
    stack: list[int] = []
    for place, token in enumerate(tokens):
        if token.kind == "begin" or (token.kind in ("symbol", "command") and token.text in _OPENS):
            stack.append(place)
        elif token.kind == "end" or token.text in _CLOSES:
            _close(tokens, found, stack, place)
    return found


def _close(tokens: list[Token], found: list[int], stack: list[int], place: int) -> None:
    token = tokens[place]
    strong = token.kind == "end" or token.text == "}"
    while stack:
        opening = tokens[stack[-1]]
        if (
            (opening.kind == "begin")
            if token.kind == "end"
            else (opening.text == _CLOSES[token.text] and opening.kind != "begin")
        ):
            found[stack.pop()] = place
            return
        if not strong or opening.text == "{" or opening.kind == "begin":
            return
        stack.pop()


class Cursor:
    """Reads tokens left to right between ``at`` and ``stop``."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.source = source
        self.tokens = tokens
        self.partner = partners(tokens)
        self.at = 0
        self.stop = len(tokens)
        self.depth = 0

    def peek(self, ahead: int = 0) -> Token:
        """The token to come, or an empty one past the end; spaces are stepped over."""
        while self.at < self.stop and self.tokens[self.at].kind == "gap":
            self.at += 1
        place = self.at + ahead
        return self.tokens[place] if place < self.stop else END

    def take(self) -> Token:
        token = self.peek()
        if token is END:
            self.fail_here("incomplete", "something is missing at the end")
        self.at += 1
        return token

    def accept(self, *texts: str) -> bool:
        """Step over the next token if it is one of these."""
        found = self.peek().text in texts and self.peek().kind not in ("text", "other")
        self.at += found
        return found

    def span_from(self, place: int) -> Span:
        """The source between the token at ``place`` and the last one taken."""
        if place >= len(self.tokens):
            return self.span_here()
        last = self.tokens[max(place, self.at - 1)]
        return (self.tokens[place].start, max(last.end, self.tokens[place].end))

    def span_here(self) -> Span:
        if self.at < self.stop:
            return self.tokens[self.at].span
        before = self.tokens[self.stop - 1] if self.stop else END
        return (max(before.end - 1, before.start), before.end)

    def fail(self, span: Span, code: str, text: str) -> NoReturn:
        shown = self.source[span[0] : span[1]]
        shown = shown if len(shown) <= 30 else shown[:29] + "…"
        raise Unread(span, code, f"at `{shown}`: {text}")

    def fail_here(self, code: str, text: str) -> NoReturn:
        self.fail(self.span_here(), code, text)

    @contextmanager
    def deeper(self) -> Iterator[None]:
        """Count one level of nesting; refuses above `limits.DEPTH`."""
        self.depth += 1
        if self.depth > limits.DEPTH:
            self.fail_here("too-deep", f"more than {limits.DEPTH} levels of nesting")
        try:
            yield
        finally:
            self.depth -= 1

    def within(self, start: int, stop: int, rule: Callable[[], T]) -> T:
        """Apply a rule to exactly the tokens from ``start`` to ``stop``, then return to where we were."""
        at, end = self.at, self.stop
        self.at, self.stop = start, stop
        try:
            result = rule()
            if self.peek() is not END:
                self.fail_here("unexpected", "not expected here")
        finally:
            self.at, self.stop = at, end
        return result

    def bracket(self) -> tuple[int, int]:
        """Step over a whole bracket; the places of its content."""
        opening = self.at
        closing = self.partner[opening]
        if not 0 <= closing < self.stop:
            self.fail_here("unclosed", "this bracket is never closed")
        self.at = closing + 1
        return (opening + 1, closing)

    def pieces(self, start: int, stop: int, *separators: str) -> list[tuple[int, int]]:
        """Cut a range at separators outside brackets."""
        found, begin, place = list[tuple[int, int]](), start, start
        while place < stop:
            token = self.tokens[place]
            if token.text in separators and token.kind not in ("text", "letter"):
                found.append((begin, place))
                begin = place + 1
            place = max(place, self.partner[place]) + 1
        return [*found, (begin, stop)]

    def outside(self, start: int, stop: int) -> Iterator[int]:
        """The places of a range that are not inside brackets."""
        place = start
        while place < stop:
            yield place
            place = max(place, self.partner[place]) + 1
