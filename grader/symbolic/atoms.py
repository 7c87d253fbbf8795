"""Names, gradients, groups: what stands alone."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, Literal

from grader.symbolic import limits
from grader.symbolic.calls import Calls
from grader.symbolic.fractions import Hole
from grader.symbolic.grammar import Atom, Bare, Range
from grader.symbolic.scripts import Script
from grader.symbolic.tree import (
    Add,
    Apply,
    Entry,
    Gradient,
    Indicator,
    Name,
    Negative,
    Node,
    Number,
    Power,
    Quotient,
    Relation,
    Transpose,
)
from grader.symbolic.vocabulary import ACCENTS, COMMAND_FUNCTIONS, FACES, FUNCTIONS, GREEK, SAME_NAME

_FILLED: Final[dict[str, Literal["zeros", "ones", "identity"]]] = {"\\0": "zeros", "\\1": "ones", "\\I": "identity"}
_LONGEST_WORD: Final = 24
_UNSUPPORTED: Final = {
    "\\int": "integrals are not read",
    "\\lim": "limits are not read",
    "\\langle": "inner products in angle brackets are not read: write a^T b",
    "\\infty": "infinity cannot be computed with",
    "\\overset": "signs stacked on signs are not read",
    "\\underset": "signs stacked on signs are not read",
    "\\stackrel": "signs stacked on signs are not read",
    "\\binom": "binomials are not read",
}


class Atoms(Calls):
    """Reads what the other rules are built from."""

    def atom(self) -> Atom:
        """One name, number, group, matrix, fraction, sum or function word."""
        token = self.peek()
        if token.kind == "letter":
            return self._letters()
        if token.kind == "number":
            return self._literal()
        if token.kind == "text":
            self.take()
            return Bare(token.text.replace(" ", ""), token.span, loose=True)
        if token.kind == "begin":
            return self.environment()
        if token.kind == "command":
            return self._command()
        return self._bracketed()

    def _literal(self) -> Atom:
        token = self.take()
        following = self.peek()
        if token.text == "1" and following.kind == "symbol" and following.text in ("[", "\\{", "_", "("):
            inside = (self.at + 1, max(self.at + 1, self.partner[self.at]))
            if following.text in ("_", "\\{") or self.holds(inside, {"<": "", ">": "", "=": "", "\\leq": "", "\\geq": "", "\\neq": ""}):
                return Bare("\\1", token.span)
        return self.number(token)

    def _letters(self) -> Bare | Node:
        token = self.peek()
        if token.text == "d" and not self.letters_apart and self.inline_d():
            return self.inline()
        word = "" if self.letters_apart else self._word()
        if word:
            span = (token.start, self.tokens[self.at + len(word) - 1].end)
            self.at += self._word_tokens(len(word))
            return Bare(self._accented(word), (span[0], self.tokens[self.at - 1].end))
        self.take()
        after = self.peek()
        glued = after.kind == "number" and after.start == token.end and not after.spaced
        if glued and not self.letters_apart:
            return self._glued(token.text, after.text)
        return Bare(self._accented(token.text), token.span)

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
            function = text in FUNCTIONS and follows in ("(", "[") and len(text) > 1
            if text in self.names.words or function:
                known = text
        return known

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
        if word in GREEK:
            self.take()
            return Bare(self._accented(SAME_NAME.get(word, word)), token.span)
        if word in COMMAND_FUNCTIONS or word in FUNCTIONS and word != "sqrt":
            self.take()
            return Bare(word, token.span, loose=True)
        return self._construct(token.text)

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
        if command in _UNSUPPORTED:
            self.fail_here("unsupported", _UNSUPPORTED[command])
        self.fail_here("unknown-command", "unknown command")

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
        found = self.within(*inside, self._single if accented else self._group_content)
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

    def _group_content(self) -> Atom:
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

    def _bracketed(self) -> Atom:
        token = self.peek()
        if token.text == "(":
            return self._round()
        if token.text == "[":
            return self.square()
        if token.text == "{":
            return self._group()
        if token.text == "\\{":
            return self._curly()
        if token.text == "\\|" or (token.text == "|" and self.bars()):
            return self.norm()
        if token.text == "|":
            return self.absolute()
        if token.text == "":
            self.fail_here("incomplete", "something is missing here")
        self.fail_here("unexpected", "not expected here")

    def _round(self) -> Node:
        place = self.at
        inequality = self.is_inequality()
        inside = self.bracket()
        if inequality:
            return Indicator(self.condition(*inside), span=self.span_from(place))
        if len(self.pieces(*inside, ",")) > 1:
            self.fail(self.span_from(place), "ambiguous", "a list in round brackets: write [ ... ] for a row, [ ... ]^T for a column")
        return self.expression_in(inside)

    def _group(self) -> Atom:
        place = self.at
        inside = self.bracket()
        if inside[0] >= inside[1]:
            return self.atom()
        found = self.within(*inside, self._group_content)
        if isinstance(found, Add | Negative) and not self._alone(place):
            self.fail(self.span_from(place), "ambiguous", "these braces are not printed: write ( )")
        return found

    def _alone(self, place: int) -> bool:
        """True when a brace group is all of a term, so that its missing bracket changes nothing."""
        before = self.tokens[place - 1] if place else None
        first = before is None or before.text in ("+", "{", "(", "[", "=", ",", "&") or before.kind == "begin"
        return first and (self.at >= self.stop or self.peek().text in ("+", "-"))

    def _curly(self) -> Node:
        """``\\{`` around one expression, or before the rows of cases."""
        place = self.at
        following = self.peek(1)
        if following.kind == "begin" and self.partner[self.at] < 0:
            self.take()
            inside = self.bracket()
            return self.cases(inside, place)
        inside = self.bracket()
        if len(self.pieces(*inside, ",")) > 1:
            self.fail(self.span_from(place), "unsupported", "sets are not read")
        return self.expression_in(inside)

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

    def _rounded(self) -> Node:
        place = self.at
        name = self.peek().text[2:]
        return Apply(name, (self.expression_in(self.bracket()),), span=self.span_from(place))

    def _gradient(self) -> Node:
        """``\\nabla X`` and ``\\nabla_X f``."""
        place = self.at
        self.take()
        if self.peek().text == "^":
            self.fail(self.span_from(place), "unsupported", "second derivatives are written as fractions")
        if not self.accept("_"):
            return self._gradient_of_loss(place)
        wrt = self.expression_in(self._script())
        of = self.factor() if self.starts_factor() else None
        return Gradient(wrt, of, span=self.span_from(place))

    def _gradient_of_loss(self, place: int) -> Node:
        start = self.at
        with self.deeper():
            atom = self.atom()
        if not isinstance(atom, Bare) or atom.base in _FILLED:
            if isinstance(atom, Bare) or isinstance(atom, Apply):
                self.fail(self.span_from(place), "ambiguous", "the gradient with respect to what?")
            return Gradient(atom, span=self.span_from(place))
        scripts = self.scripts(True, atom.base)
        inner = [script for script in scripts if script.what in ("index", "label", "star", "prime")]
        outer = [script for script in scripts if script not in inner]
        if self.names.is_function(atom.base) or (atom.base in self.names.losses and atom.base not in self.names.shapes):
            return self._gradient_of_named(atom, place)
        wrt = self.named(atom, inner, start)
        return self.scripted(Gradient(wrt, span=self.span_from(place)), outer, place)

    def _gradient_of_named(self, atom: Bare, place: int) -> Node:
        if self.peek().text == "(" and atom.base in self.names.losses:
            name = Name(atom.base, span=atom.span)
            wrt = self.loss_gradient(name, self.bracket())
            if wrt is not None:
                return Gradient(wrt, name, span=self.span_from(place))
        self.fail(self.span_from(place), "ambiguous", "the gradient with respect to what?")

    def postfix(self, atom: Atom, place: int) -> Node:
        """Scripts, arguments and attributes after an atom."""
        if isinstance(atom, Bare):
            node = self._filled(atom, place) if atom.base in _FILLED else self._resolved(atom, place)
        else:
            node = atom
        if isinstance(node, Hole):
            return node
        rounds = 0
        while self._attribute(node) or self.peek().text in ("_", "^", "'", "\\evaluated"):
            rounds += 1
            if rounds > limits.DEPTH:
                self.fail_here("too-deep", "too many powers and indices")
            node = self._more(node, place)
        return node

    def _filled(self, atom: Bare, place: int) -> Node:
        scripts = self.scripts(False)
        node = self.filled_array(_FILLED[atom.base], scripts, place)
        return self.scripted(node, [script for script in scripts if script.what != "index"], place)

    def _attribute(self, node: Node) -> bool:
        """True for ``.T`` and ``.reshape``, also ``\\cdot \\text{reshape}``."""
        dot, word = self.peek(), self.peek(1)
        if dot.text == "." and dot.kind == "symbol":
            return word.text in ("T", "reshape") or (word.text == "r" and self._spells("reshape"))
        return False

    def _spells(self, word: str) -> bool:
        letters = self.tokens[self.at + 1 : min(self.at + 1 + len(word), self.stop)]
        return "".join(token.text for token in letters) == word

    def _more(self, node: Node, place: int) -> Node:
        if self.accept("\\evaluated"):
            if self.peek().text == "_":
                self.fail(self.span_from(place), "unsupported", "a value at a point is not read")
            return node
        if self.accept("."):
            if self.accept("T"):
                return Transpose(node, span=self.span_from(place))
            self.at += 1 if self.peek().kind == "text" else len("reshape")
            return self.reshaped(node, place)
        return self._scripted_again(node, self.scripts(False), place)

    def _scripted_again(self, node: Node, scripts: list[Script], place: int) -> Node:
        for script in scripts:
            if script.what == "index":
                node = Entry(node, self.indices(script.inside, None), span=self.span_from(place))
            else:
                node = self.scripted(node, [script], place)
        return node

    def _resolved(self, bare: Bare, place: int) -> Node:
        scripts = self.scripts(True, bare.base)
        return self.named(bare, scripts, place)

    def named(self, bare: Bare, scripts: list[Script], place: int) -> Node:
        """A name with its scripts: a declared name, a function, an entry."""
        name, rest = self._suffixed(bare.base, scripts)
        if name == "I" and not self.names.declares("I"):
            node = self.filled_array("identity", rest, place)
            return self.scripted(node, [script for script in rest if script.what != "index"], place)
        primes = sum(script.what == "prime" for script in rest)
        if self.names.is_function(name) and self.has_arguments(Bare(name, bare.span, bare.loose)):
            return self.called(Bare(name, bare.span, bare.loose), rest, place)
        if self.peek().text == "(" and self.peek().kind == "symbol":
            if (primes or bare.loose) and not self.names.declares(name):
                return self.called(Bare(name, bare.span), rest, place)
            self._skip_dependence(name, place)
        if name == "e" and not self.names.declares("e") and [script.what for script in rest] == ["power"]:
            return Apply("exp", (self.expression_in(rest[0].inside),), span=self.span_from(place))
        return self._indexed(name + "'" * primes + "*" * any(script.what == "star" for script in rest), rest, place)

    def _skip_dependence(self, name: str, place: int) -> None:
        if not self.is_dependence(name):
            return
        inside = self.bracket()
        if not self.names.declares(name):
            self.fail(self.span_from(place), "unknown-function", f"`{name}` is not a declared function")
        if inside[0] >= inside[1]:
            self.fail(self.span_from(place), "incomplete", "nothing stands in here")

    def _suffixed(self, base: str, scripts: list[Script]) -> tuple[str, list[Script]]:
        """The declared name that a first index completes (``W_1``, ``W_{LMS}``), and the scripts left."""
        first = next((script for script in scripts if script.what == "index"), None)
        if first is None:
            return base, scripts
        text = self.texts(first.inside)
        worded = len(text) > 1 and (text.isupper() or self.tokens[first.inside[0]].kind == "text") and text.isalpha()
        spelled = f"{base}_{text}"
        if self.names.declares(spelled) or worded:
            return spelled, [script for script in scripts if script is not first]
        return base, scripts

    def _indexed(self, name: str, scripts: list[Script], place: int) -> Node:
        label = ",".join(script.label for script in scripts if script.what == "label")
        subscripts = [script for script in scripts if script.what == "index"]
        others = [script for script in scripts if script.what in ("transpose", "inverse", "power", "elementwise")]
        if not subscripts:
            return self.scripted(self.names.node(name, label, self.span_from(place)), others, place)
        indices = self.indices(subscripts[0].inside, self.names.axes(name))
        if name == "delta" and not self.names.declares(name) and len(indices) == 2:
            return self.scripted(Indicator(Relation("=", *indices), span=self.span_from(place)), others, place)
        early = others and others[0].what == "transpose" and others[0].inside < subscripts[0].inside and len(indices) > 1
        if early:
            whole = self.names.node(self.names.entries.get(name, name), label, self.span_from(place))
            node: Node = Entry(Transpose(whole, span=whole.span), indices, span=self.span_from(place))
            return self.scripted(node, others[1:], place)
        node = self.names.entry(name, label, indices, self.span_from(place))
        return self._scripted_again(node, subscripts[1:] + others, place)
