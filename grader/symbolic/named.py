"""Names with their scripts and arguments, and gradients of names."""

from __future__ import annotations

from grader.symbolic import limits
from grader.symbolic.calls import Calls
from grader.symbolic.fractions import Hole
from grader.symbolic.grammar import FILLED, Atom, Bare
from grader.symbolic.scripts import Script
from grader.symbolic.tree import (
    Apply,
    Derivative,
    Entry,
    Gradient,
    Indicator,
    Name,
    Node,
    Relation,
    Transpose,
)
from grader.symbolic.vocabulary import LOOSE


class Named(Calls):
    """Reads what follows an atom."""

    def postfix(self, atom: Atom, place: int) -> Node:
        """Scripts, arguments and attributes after an atom."""
        if isinstance(atom, Bare):
            node = self._filled(atom, place) if atom.base in FILLED else self._resolved(atom, place)
        else:
            node = atom
        if isinstance(node, Hole):
            return node
        if isinstance(node, Derivative) and isinstance(node.of, Name) and self.names.is_function(node.of.name):
            node = self._slope(node, node.of.name, place)
        rounds = 0
        while self._attribute(node) or self.peek().text in ("_", "^", "'", "\\evaluated"):
            rounds += 1
            if rounds > limits.DEPTH:
                self.fail_here("too-deep", "too many powers and indices")
            node = self._more(node, place)
        return node

    def _slope(self, node: Derivative, function: str, place: int) -> Node:
        """``\\frac{d\\sigma}{dz}(z)``: the function's derivative at a place; without one it stays the derivative of a name."""
        if self.peek().text != "(" or self.peek().kind != "symbol":
            return node
        argument = self.expression_in(self.bracket())
        return Apply(self.names.function_name(function), (argument,), node.order, span=self.span_from(place))

    def _filled(self, atom: Bare, place: int) -> Node:
        scripts = self.scripts(False)
        node = self.filled_array(FILLED[atom.base], scripts, place)
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
        if name == "I" and not self.letters_apart and not self.names.declares("I"):
            node = self.filled_array("identity", rest, place)
            return self.scripted(node, [script for script in rest if script.what != "index"], place)
        primes = sum(script.what == "prime" for script in rest)
        if self.names.is_function(name) and self.has_arguments(Bare(name, bare.span, bare.loose)):
            return self.called(Bare(name, bare.span, bare.loose), rest, place)
        if self.peek().text == "(" and self.peek().kind == "symbol":
            if (primes or bare.loose) and not self.names.declares(name):
                return self.called(Bare(name, bare.span), rest, place)
            if (
                name in LOOSE
                and name in self.names.shapes
                and not self.peek().spaced
                and not (set(self._whats(rest)) - {"prime"})
            ):
                self.fail(
                    self.span_from(place), "ambiguous", f"`{name}` is declared as a variable: a function here, or a factor?"
                )
            self._skip_dependence(name, place)
        if name == "e" and not self.names.declares("e") and self._whats(rest) == ["power"]:
            return Apply("exp", (self.expression_in(rest[0].inside),), span=self.span_from(place))
        return self._indexed(name + "'" * primes + "*" * any(script.what == "star" for script in rest), rest, place)

    @staticmethod
    def _whats(scripts: list[Script]) -> list[str]:
        return [script.what for script in scripts]

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
        if label.isdigit() and not subscripts and self.names.declares(f"{name}_{label}") and not self.names.declares(name):
            name, label = f"{name}_{label}", ""
        others = [script for script in scripts if script.what in ("transpose", "inverse", "power", "elementwise")]
        if self.names.counts(name, label, len(subscripts)):
            return self._example(name, scripts, others, place)
        if not subscripts and self.letters_apart:
            return self.scripted(Name(name, label, span=self.span_from(place)), others, place)
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

    def _example(self, name: str, scripts: list[Script], others: list[Script], place: int) -> Node:
        """``x_j^{(i)}``: entry j of the i-th example, which is row i."""
        label, below = (next((s for s in scripts if s.what == what), None) for what in ("label", "index"))
        assert label is not None
        indices = self.indices(label.inside, None)
        if below is not None:
            indices += self.indices(below.inside, self.names.axes(name))
        return self.scripted(self.names.entry(name, "", indices, self.span_from(place)), others, place)

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
        if not isinstance(atom, Bare) or atom.base in FILLED:
            if isinstance(atom, Bare | Apply):
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
        return self.fail(self.span_from(place), "ambiguous", "the gradient with respect to what?")
