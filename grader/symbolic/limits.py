"""The caps of the readers, in one place: what an honest derivation never needs and a hostile one would use.

The longest display of the homework these readers were written for has 1,300 characters, 300 tokens, depth 9, and numbers of 17
digits (a printed double). Every cap leaves several times that, and makes the worst input a matter of milliseconds.
"""

from __future__ import annotations

from typing import Final

CHARACTERS: Final = 6_000
"""Of one formula or display. Work grows linearly with it."""

DOCUMENT_CHARACTERS: Final = 1_000_000
"""Of a whole document; its displays are read one by one."""

DISPLAYS: Final = 2_000
"""Math spans read from one document."""

TOKENS: Final = 2_500
"""Of one display, after macros are expanded: what bounds an expansion that doubles at each level."""

DEPTH: Final = 40
"""Nested constructs. One level costs about ten Python frames, so that the interpreter's limit of 1,000 is never met."""

HEIGHT: Final = 120
"""Of a finished tree, so that whoever walks it by recursion is safe; a product of k factors has height k."""

DIGITS: Final = 20
"""Of one number: a printed double has 17."""

EXPONENT: Final = 32
"""Of a literal power and of ``1e-5``: above it exact rationals become long."""

CELLS: Final = 400
"""Of one written matrix."""

FORMULA_CHARACTERS: Final = 150_000
"""Of all the formulas of one document together; the work on a hostile document stays within a few seconds."""

MACROS: Final = 200
"""Definitions taken from one document."""

MACRO_ROUNDS: Final = 2_000
"""Expansions in one display; a macro that calls itself stops here."""

PROBLEMS: Final = 500
"""Reported from one document."""
