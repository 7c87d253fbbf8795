"""Names, gradients, groups: what stands alone."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from grader.symbolic.grammar import Atom, Bare, Range, is_prose
from grader.symbolic.groups import Groups
from grader.symbolic.tree import (
    Apply,
    Node,
    Number,
    Power,
    Quotient,
)
from grader.symbolic.vocabulary import ACCENTS, COMMAND_FUNCTIONS, FACES, FUNCTIONS, GREEK, SAME_NAME, UNBRACKETED

_LONGEST_WORD: Final = 24
_UPRIGHT: Final = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")
_UNSUPPORTED: Final = {
    "\\int": "integrals are not read",
    "\\lim": "limits are not read",
    "\\infty": "infinity cannot be computed with",
    "\\overset": "signs stacked on signs are not read",
    "\\underset": "signs stacked on signs are not read",
    "\\stackrel": "signs stacked on signs are not read",
    "\\binom": "binomials are not read",
}


class Atoms(Groups):
    """Reads what the other rules are built from."""

    def atom(self) -> Atom:
        """One name, number, group, matrix, fraction, sum or function word."""
        token = self.peek()
        if token.kind == "letter":
            return self._letters()
        if token.kind == "number":
            return self._literal()
        if token.kind == "text":
            return self._upright()
        if token.kind == "begin":
            return self.environment()
        if token.kind == "command":
            return self._command()
        return self.bracketed()

    def _upright(self) -> Bare:
        token = self.take()
        word = token.text.rstrip(".,;:").removeprefix("np.")
        if not _UPRIGHT.match(word) or is_prose(word):
            self.fail(token.span, "unexpected", "these words are no name")
        return Bare(word, token.span, loose=True)

    def _literal(self) -> Atom:
        token = self.take()
        following = self.peek()
        if token.text == "1" and following.kind == "symbol" and following.text in ("[", "\\{", "_", "("):
            inside = (self.at + 1, max(self.at + 1, self.partner[self.at]))
            if following.text in ("_", "\\{") or self.holds(
                inside, {"<": "", ">": "", "=": "", "\\leq": "", "\\geq": "", "\\neq": ""}
            ):
                return Bare("\\1", token.span)
        return self.number(token)

    def _letters(self) -> Bare | Node:
        self._skip_library()
        token = self.peek()
        if token.text == "d" and not self.letters_apart and self.inline_d():
            return self.inline()
        word = "" if self.letters_apart else self._spread_differential() or self._word()
        if word:
            self.at += self._word_tokens(len(word))
            return Bare(self._accented(word), (token.start, self.tokens[self.at - 1].end), self.names.is_function(word))
        self.take()
        after = self.peek()
        glued = after.kind == "number" and after.start == token.end and not after.spaced
        if glued and not self.letters_apart:
            return self._glued(token.text, after.text)
        return Bare(self._accented(token.text), token.span)

    def _spread_differential(self) -> str:
        """``d W`` for a declared ``dW``; refuses ``dW`` before a declared W when nothing says what it is."""
        token, after = self.peek(), self.peek(1)
        if token.text != "d" or after.kind != "letter" or self._word():
            return ""
        if "d" + after.text in self.names.words or self._numbered_differential(after.text):
            return "d" + after.text
        if after.text in self.names.shapes and not after.spaced and after.start == token.end:
            self.fail(
                (token.start, after.end), "ambiguous", f"`d{after.text}` is not declared: a gradient, or d times {after.text}?"
            )
        return ""

    def _numbered_differential(self, letter: str) -> bool:
        """``dZ_2`` with ``dZ_2`` declared."""
        digit = self.peek(3) if self.peek(2).text == "_" else self.peek(2)
        digit = self.peek(4) if digit.text == "{" else digit
        return self.peek(2).text == "_" and digit.kind == "number" and self.names.declares(f"d{letter}_{digit.text}")

    def _glued(self, letter: str, digits: str) -> Bare:
        place = self.at - 1
        self.take()
        numbered = self.names.numbered(self._accented(letter) + digits)
        if numbered is None:
            self.fail(self.span_from(place), "ambiguous", "a letter and a number side by side: write an index or a power")
        return Bare(numbered, self.span_from(place))

    def _accented(self, name: str) -> str:
        suffix = "".join(reversed(self.accents))
        self.accents.clear()
        return name + suffix

    def _word(self) -> str:
        """The longest declared name spelled by the letters here, or a known function before its bracket; else ""."""
        text, known = "", ""
        for place in range(self.at, min(self.stop, self.at + _LONGEST_WORD)):
            token = self.tokens[place]
            if token.kind not in ("letter", "number") or (text and (token.spaced or token.start != self.tokens[place - 1].end)):
                break
            text += token.text
            follows = self.tokens[place + 1].text if place + 1 < self.stop else ""
            function = (
                text in FUNCTIONS and len(text) > 1 and (follows in ("(", "[") or (text in UNBRACKETED and self._run_ends(place)))
            )
            if text in self.names.words or function:
                known = text
        return known

    def _run_ends(self, place: int) -> bool:
        """True when no letter or digit is glued to the token at ``place``."""
        after = self.tokens[place + 1] if place + 1 < self.stop else None
        return after is None or after.kind not in ("letter", "number") or after.start != self.tokens[place].end

    def _skip_library(self) -> None:
        """Step over ``np.`` before a function: in a formula it says nothing."""
        texts = [token.text for token in self.tokens[self.at : min(self.at + 4, self.stop)]]
        if texts[:3] == ["n", "p", "."] and len(texts) == 4 and texts[3].isalpha():
            self.at += 3

    def _word_tokens(self, length: int) -> int:
        count = 0
        while length > 0:
            length -= len(self.tokens[self.at + count].text)
            count += 1
        return count

    def _command(self) -> Atom:
        token = self.peek()
        if token.text in FACES or token.text in ACCENTS:
            return self._faced()
        word = token.text[1:]
        if word == "Delta" and not self.names.declares("Delta") and self.peek(1).kind == "letter":
            self.at += 2
            return Bare("Delta" + self.tokens[self.at - 1].text, self.span_from(self.at - 2))
        if word in ("Sigma", "Pi") and self.peek(1).text == "_" and not self._declared_with_index(word):
            return self.fold("sum" if word == "Sigma" else "product")
        if word in GREEK:
            self.take()
            return Bare(self._accented(SAME_NAME.get(word, word)), token.span)
        if word in COMMAND_FUNCTIONS or (word in FUNCTIONS and word != "sqrt"):
            self.take()
            return Bare(word, token.span, loose=True)
        return self._construct(token.text)

    def _declared_with_index(self, word: str) -> bool:
        """True for a declared ``Sigma`` or ``Sigma_1``: a covariance, not a sum."""
        return self.names.declares(word) or any(name.startswith(f"{word}_") for name in self.names.shapes)

    def _construct(self, command: str) -> Atom:
        if command == "\\frac":
            return self.fraction()
        if command == "\\partial":
            return self.inline()
        if command == "\\nabla":
            return self._gradient()
        if command in ("\\sum", "\\prod"):
            return self.fold("sum" if command == "\\sum" else "product")
        if command == "\\sqrt":
            return self._root()
        if command in ("\\boxed", "\\underbrace", "\\overbrace"):
            return self._boxed()
        if command in ("\\lfloor", "\\lceil"):
            return self._rounded()
        if command == "\\langle":
            return self._inner_product()
        if command in _UNSUPPORTED:
            self.fail_here("unsupported", _UNSUPPORTED[command])
        return self.fail_here("unknown-command", "unknown command")

    def _faced(self) -> Atom:
        """A name under an accent or in a typeface."""
        place = self.at
        command = self.take().text
        if command == "\\vec" and self.peek().text in ("(", "["):
            return Bare("vec", self.span_from(place), loose=True)
        if command in ACCENTS:
            self.accents.append(ACCENTS[command])
        inside = self.bracket() if self.peek().text == "{" and self.peek().kind == "symbol" else None
        if inside is None:
            return self._special((self.at, self.at + 1), command) or self._one_atom()
        special = self._special(inside, command)
        if special is not None:
            return special
        if inside[0] >= inside[1]:
            self.fail(self.span_from(place), "incomplete", "nothing stands in here")
        return self._named_group(inside, place)

    def _named_group(self, inside: Range, place: int) -> Atom:
        accented = bool(self.accents)
        if accented and self.holds(inside, frozenset({"+", "-", "*", "/", "="})):
            self.accents.clear()
            self.fail(self.span_from(place), "unsupported", "an accent over an expression is not read")
        found = self.within(*inside, self._single if accented else self.group_content)
        if self.accents:
            self.accents.clear()
            self.fail(self.span_from(place), "unsupported", "an accent over an expression is not read")
        return found

    def _one_atom(self) -> Atom:
        with self.deeper():
            token = self.peek()
            if self.accents and token.kind not in ("letter", "command"):
                self.fail_here("unsupported", "an accent stands over a name")
            self.letters_apart, before = True, self.letters_apart
            found = self.atom()
            self.letters_apart = before
        return found

    def _single(self) -> Atom:
        place = self.at
        with self.deeper():
            found = self.atom()
        return found if self.at == self.stop else self.postfix(found, place)

    def group_content(self) -> Atom:
        """What stands in braces: one name, which takes the scripts after the braces, or an expression."""
        length = self.stop - self.at
        token = self.peek()
        wrapped = token.text in FACES or token.text in ACCENTS
        if length == 1 and token.kind in ("letter", "text", "command"):
            return self._single()
        if wrapped or (token.kind == "letter" and len(self._word()) == length):
            at = self.at
            self.argument()
            whole, self.at = self.at == self.stop, at
            if whole or not wrapped:
                return self._single()
        return self.expression()

    def _special(self, inside: Range, command: str) -> Bare | None:
        """0, 1 and I in bold, double-struck or under an arrow."""
        if inside[1] - inside[0] != 1 or inside[1] > self.stop or command not in FACES:
            return None
        token = self.tokens[inside[0]]
        identity = token.text == "I" and not self.names.declares("I")
        if token.text in ("0", "1") or (identity and token.kind == "letter"):
            self.at = max(self.at, inside[1])
            return Bare("\\" + token.text, token.span)
        if command == "\\mathbb":
            self.fail(token.span, "unsupported", "expectations, probabilities and sets of numbers are not computed with")
        return None

    def _root(self) -> Node:
        place = self.at
        self.take()
        degree = self.bracket() if self.peek().text == "[" else None
        radicand = self.expression_in(self.argument())
        if degree is None:
            return Apply("sqrt", (radicand,), span=self.span_from(place))
        exponent = Quotient(Number(Fraction(1)), self.expression_in(degree))
        return Power(radicand, exponent, span=self.span_from(place))

    def _boxed(self) -> Node:
        brace = self.take().text != "\\boxed"
        node = self.expression_in(self.argument())
        if brace:
            self._limits()
        return node

    def _inner_product(self) -> Node:
        """``\\langle a, b \\rangle``: the sum of the products of entries; anything else in angle brackets is a mean."""
        place = self.at
        parts = self.pieces(*self.bracket(), ",")
        if len(parts) != 2:
            self.fail(self.span_from(place), "unsupported", "angle brackets are read around two factors: \\langle a, b \\rangle")
        return Apply("inner", tuple(map(self.expression_in, parts)), span=self.span_from(place))

    def _rounded(self) -> Node:
        place = self.at
        name = self.peek().text[2:]
        return Apply(name, (self.expression_in(self.bracket()),), span=self.span_from(place))
