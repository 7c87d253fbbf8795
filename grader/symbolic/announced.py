"""What a text says about its own notation: small changes, Einstein's sums, letters that it uses for something else."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from grader.symbolic.decide import Decider
from grader.symbolic.environment import Environment
from grader.symbolic.names import canonical
from grader.symbolic.read import read_latex
from grader.symbolic.reading import Chain, Symbols
from grader.symbolic.scalars import BadPoint
from grader.symbolic.shapes import symbols_of
from grader.symbolic.traits import some
from grader.symbolic.tree import Derivative, Gradient, Name, Node
from grader.symbolic.troubles import NoCase, Trouble
from grader.symbolic.values import sized

_EINSTEIN: Final = re.compile(r"\beinstein(?:'s|ian)?\b", re.IGNORECASE)
_ELEMENTWISE: Final = re.compile(
    r"\b(?:all|every|each)\b[^.\n$]{0,40}\b(?:element|entry|component|point)[- ]?wise", re.IGNORECASE
)
_FACE: Final = r"(?:\\(?:math(?:cal|rm|bf|it|scr)|text|operatorname)\s*\{?\s*)?"
_TRUE: Final = (
    r"(?:(?:the )?index (?:of|for) )?(?:the )?(?:true|correct|right|target|actual|gold|ground[- ]truth) (?:class|label|category)"
)
_TRUE_BEFORE: Final = re.compile(rf"(?<![\w\\])([a-z])\$? (?:is|denotes?|being|stands for|be) {_TRUE}", re.IGNORECASE)
_TRUE_WITH: Final = re.compile(rf"\bwith \$?([a-z])\$? (?:as )?{_TRUE}", re.IGNORECASE)
_TRUE_AFTER: Final = re.compile(rf"{_TRUE}(?: index)? (?:is |be )?\$?([a-z])(?![\w'])", re.IGNORECASE)
_LET: Final = re.compile(
    r"\b(?:let|define|denote|put|write|with|where)\s*(?:\$|\\\()\s*\\?([A-Za-z]+)\s*:?=([^$=]{1,300}?)(?:\$|\\\)|=)",
    re.IGNORECASE,
)
CHANGE: Final = "differential "
"""Before the name of an array: its small change, which is not computed with."""


def symbols_in(text: str, decider: Decider) -> Symbols:
    """The symbols for a text: without the spellings that it takes for something else, and with its small changes."""
    return with_changes(text, symbols_of(_without(decider.environment, _own_spellings(decider, text))))


def _own_spellings(decider: Decider, text: str) -> set[str]:
    """``s`` after "let s = ..." where the rubric has it as another spelling of an array of a different shape."""
    aliases, symbols = decider.environment.aliases, symbols_of(decider.environment)
    own: set[str] = set()
    written = {name: formula for name, formula in reversed(_LET.findall(text)) if name in aliases}
    for name, formula in written.items():
        sides = [side.tree for chain in read_latex(formula, symbols).chains for side in chain.sides]
        if len(sides) == 1 and sides[0] is not None and not aliases[name].startswith("grad "):
            shapes = _shape(decider, sides[0]), _shape(decider, Name(aliases[name]))
            own |= {name} if None not in shapes and shapes[0] != shapes[1] else set()
    return own


def _without(environment: Environment, names: set[str]) -> Environment:
    aliases = {name: target for name, target in environment.aliases.items() if name not in names}
    return environment.model_copy(update={"aliases": aliases}) if names else environment


def with_changes(text: str, symbols: Symbols) -> Symbols:
    """The symbols for a text that states ``dL = ...``: there ``dX`` is a small change of X, and not the gradient by X."""
    losses = "|".join(re.escape(loss) for loss in sorted(symbols.losses, key=len, reverse=True))
    if not losses or not re.search(rf"(?<![A-Za-z\\_]){_FACE}d\s*\}}?\s*{_FACE}(?:{losses})\s*\}}?\s*&?\s*=", text):
        return symbols
    changed = {name: f"{CHANGE}{target[5:]}" if _is_change(name, target) else target for name, target in symbols.aliases.items()}
    return replace(symbols, aliases=changed)


def _is_change(name: str, target: str) -> bool:
    return name.startswith("d") and "_d" not in name and target.startswith("grad ")


def adapted(decider: Decider, text: str, chains: Sequence[Chain]) -> Decider:
    """The decider for a text that announces Einstein's convention, or in which a loss's letter is something else."""
    environment = decider.environment
    update: dict[str, object] = {}
    if not environment.einstein and _EINSTEIN.search(text):
        update["einstein"] = True
    if not environment.juxtaposed_elementwise and _ELEMENTWISE.search(text):
        update["juxtaposed_elementwise"] = True
    letters = _true_classes(decider, text) if any(_is_vector(environment, name) for name in environment.onehot) else ()
    if letters and not environment.true_class:
        update["true_class"] = letters
    own = _own_letters(decider, chains)
    if own:
        update["losses"] = tuple(loss for loss in environment.losses if canonical(loss) not in own)
    spellings = _own_spellings(decider, text)
    if spellings:
        update["aliases"] = _without(environment, spellings).aliases
    if not update:
        return decider
    return decider.with_program(replace(decider.program, environment=environment.model_copy(update=update)))


def _true_classes(decider: Decider, text: str) -> tuple[str, ...]:
    """The letters that a text calls the index of the true class; the name of an array is none, whatever is said of it."""
    letters = {letter for rule in (_TRUE_BEFORE, _TRUE_WITH, _TRUE_AFTER) for letter in rule.findall(text)}
    return tuple(sorted(letter for letter in letters if not decider.program.knows(letter)))


def _is_vector(environment: Environment, name: str) -> bool:
    return name in environment.leaves and 1 in environment.leaves[name]


def _own_letters(decider: Decider, chains: Sequence[Chain]) -> set[str]:
    """``J`` where a line defines it as an array and nothing is differentiated by that name: a Jacobian and no loss."""
    trees = [side.tree for chain in chains for side in chain.sides if side.tree is not None]
    heads = {chain.sides[0].tree: chain.sides[1].tree for chain in chains if len(chain.sides) > 1 and not chain.continues}
    letters = {head.name: tree for head, tree in heads.items() if isinstance(head, Name) and tree is not None and not head.label}
    asked = {canonical(loss) for loss in decider.environment.losses[1:]}
    return {
        letter
        for letter, tree in letters.items()
        if letter in asked and not any(_is_differentiated(other, letter) for other in trees) and _is_array(decider, tree)
    }


def _is_differentiated(tree: Node, letter: str) -> bool:
    if isinstance(tree, Derivative | Gradient) and tree.of == Name(letter):
        return True
    return some(tree, Derivative, Gradient) and any(_is_differentiated(child, letter) for child in tree.children())


def _is_array(decider: Decider, tree: Node) -> bool:
    return _shape(decider, tree) not in (None, ())


def _shape(decider: Decider, tree: Node) -> tuple[int, ...] | None:
    try:
        return sized(decider.evaluator().value(tree)).shape
    except (Trouble, BadPoint, NoCase, RecursionError):
        return None
