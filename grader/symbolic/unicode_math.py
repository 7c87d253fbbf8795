"""Unicode mathematics as LaTeX: one character becomes the tokens a LaTeX writer would have typed."""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

_GREEK_NAMES: Final = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "omicron",
    "pi",
    "rho",
    "varsigma",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
]
_SMALL: Final = {chr(0x3B1 + place): "\\" + name for place, name in enumerate(_GREEK_NAMES)}
_GREAT: Final = {
    chr(0x391 + place): "\\" + name.capitalize() for place, name in enumerate(_GREEK_NAMES) if name not in ("varsigma", "omicron")
}
_SIGNS: Final = {
    "∂": r"\partial", "∇": r"\nabla", "⊙": r"\odot", "⊗": r"\otimes", "⊘": r"\oslash", "∘": r"\circ", "◦": r"\circ",
    "·": r"\cdot",
    "⋅": r"\cdot", "∙": r"\cdot", "•": r"\circ", "×": r"\times", "∗": "*", "∑": r"\sum", "∏": r"\prod", "√": r"\sqrt",
    "‖": r"\|", "∥": r"\|", "−": "-", "–": "-", "≠": r"\neq", "≤": r"\leq", "≥": r"\geq", "≈": r"\approx",
    "≃": r"\approx",
    "∼": r"\approx", "∝": r"\propto", "≡": r"\equiv", "≔": r"\equiv", "∈": r"\in", "∀": r"\forall", "→": r"\to",
    "←": r"\gets",
    "⇒": r"\implies", "⟹": r"\implies", "⇔": r"\implies", "∴": r"\implies", "…": r"\dots", "⋯": r"\dots",
    "⋮": r"\vdots",
    "⋱": r"\ddots", "ℓ": r"\ell", "ϵ": r"\epsilon", "ϕ": r"\phi", "ϑ": r"\theta", "′": "'", "’": "'", "⊤": r"\top",
    "⌊": r"\lfloor",
    "⌋": r"\rfloor", "⌈": r"\lceil", "⌉": r"\rceil", "∧": r"\wedge", "∥̂": r"\|", "÷": "/", "∕": "/", "⁄": "/",
    "∣": "|", "≜": r"\equiv",
    "△": r"\nabla", "▽": r"\nabla",
}  # fmt: skip
_GROUPS: Final = {
    "ℝ": (r"\mathbb", "{", "R", "}"), "𝟙": (r"\mathbb", "{", "1", "}"), "𝟏": (r"\mathbf", "{", "1", "}"),
    "𝟎": (r"\mathbf", "{", "0", "}"), "𝐈": (r"\mathbf", "{", "I", "}"), "ᵀ": ("^", "T"), "ᵗ": ("^", "T"),
}  # fmt: skip
_MARKS: Final = {
    "\u0302": r"\hat",
    "\u0304": r"\bar",
    "\u0305": r"\bar",
    "\u0303": r"\tilde",
    "\u0307": r"\dot",
    "\u20d7": r"\vec",
}

COMBINING: Final = frozenset(_MARKS)


def accent_of(mark: str) -> str:
    """The accent command of a combining mark."""
    return _MARKS[mark]


@cache
def spelled(character: str) -> tuple[str, ...]:
    """The token texts for one non-ASCII character; () when it means nothing to mathematics."""
    if character in _GROUPS:
        return _GROUPS[character]
    sign = _SIGNS.get(character) or _SMALL.get(character) or _GREAT.get(character)
    return (sign,) if sign else _composed(character)


def _composed(character: str) -> tuple[str, ...]:
    kind = unicodedata.decomposition(character).split(" ")[0]
    plain = unicodedata.normalize("NFKC", character)
    if kind in ("<super>", "<sub>") and len(plain) == 1:
        inner = spelled(plain) if not plain.isascii() else (plain,)
        return ("^" if kind == "<super>" else "_", "{", *inner, "}")
    split = unicodedata.normalize("NFKD", character)
    if len(split) == 2 and split[1] in _MARKS and split[0].isascii():
        return (_MARKS[split[1]], "{", split[0], "}")
    if plain != character and len(plain) == 1:
        return (plain,) if plain.isascii() else spelled(plain)
    return ()
