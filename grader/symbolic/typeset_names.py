"""Numbers and names as they are printed."""

from __future__ import annotations

from fractions import Fraction

from grader.symbolic.vocabulary import ACCENTS, COMMAND_FUNCTIONS, GREEK


def decimal(value: Fraction) -> str:
    """A finite decimal, as numbers are written in a source; a fraction otherwise."""
    if value.denominator == 1:
        return str(value.numerator)
    places = next((count for count in range(1, 80) if (value * 10**count).denominator == 1), None)
    if places is None:
        return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    digits = str(abs(value * 10**places)).rjust(places + 1, "0")
    return f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:]}"


def latex_name(name: str) -> str:
    """A canonical name in LaTeX: ``yhat`` as ``\\hat{y}``, ``W_LMS`` with an upright index."""
    base, _, index = name.partition("_")
    mark = "".join(sign for sign in base if sign in "'*")
    shown = _base(base.rstrip("'*")) + ("'" * mark.count("'")) + ("^{*}" if "*" in mark else "")
    if not index:
        return shown
    star = index.endswith("*")
    index = index.rstrip("*")
    word = index if len(index) == 1 or index.isdigit() else f"\\mathrm{{{index}}}"
    return f"{shown}_{{{word}}}" + ("^{*}" if star else "")


def _base(base: str) -> str:
    if len(base) == 1:
        return base
    if base in GREEK:
        return f"\\{base}"
    for command, suffix in ACCENTS.items():
        stem = base.removesuffix(suffix)
        if stem != base and stem and (len(stem) == 1 or stem in GREEK):
            return f"{command}{{{_base(stem)}}}"
    return f"\\mathrm{{{base}}}"


def latex_function(name: str) -> str:
    """A function's name: a command where LaTeX has one, a letter, or an upright word."""
    if name in COMMAND_FUNCTIONS and name not in ("tr", "Tr", "diag", "vec"):
        return f"\\{name}"
    if len(name) == 1 or name in GREEK or "_" in name:
        return latex_name(name)
    return f"\\operatorname{{{name}}}"


def plain_name(name: str) -> str:
    """A canonical name in plain text, as it is declared."""
    return name
