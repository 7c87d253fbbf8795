r"""Written mathematics made plain: LaTeX, Markdown and typographic signs to one spelling in which values can be read.

``$\frac{\partial L}{\partial W_1} = \begin{bmatrix} 0 & 1 \end{bmatrix}$`` becomes ``∂L/∂W_1 = [[0, 1]]``.
"""

from __future__ import annotations

import re
import unicodedata

LONGEST = 60_000
"""Characters of a section that are read."""
_DEEPEST = 6
"""Nesting of braces that is undone."""

_SIGNS = str.maketrans(
    {
        "−": "-",
        "–": "-",
        "∗": "*",
        "⋅": "·",
        "∙": "·",
        "\u00a0": " ",
        "\u2009": " ",
        "⊤": "T",
        "≃": "≈",
        "∼": "~",
        "“": '"',
        "”": '"',
    }
)
_SUPERSCRIPT = re.compile("[⁻⁺]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_RAISED = str.maketrans("⁻⁺⁰¹²³⁴⁵⁶⁷⁸⁹", "-+0123456789")
_MATRIX = re.compile(
    r"(?:\\left\s*[\[(|]\s*)?\\begin\{(?P<name>[bpvVB]?matrix|smallmatrix|array)\}(?:\{[^{}]*\})?(?P<body>.*?)\\end\{(?P=name)\}"
    r"(?:\s*\\right\s*[\])|])?",
    re.DOTALL,
)
_GROUPS = re.compile(r"(?<=\d)(?:\\,|\{,\}|[\u2009\u202f\u00a0])(?=\d{3}(?:\\,|\{,\}|[\u2009\u202f\u00a0]|(?!\d)))")
"""What keeps groups of three digits apart: thin spaces and the comma that LaTeX sets without a space."""
_ACCENT = re.compile(
    r"\\(?:vec|hat|bar|tilde|overline|underline|mathbf|boldsymbol|bm|mathrm|mathit|mathsf|mathcal|mathbb|text|textbf|textit|texttt"
    r"|operatorname|emph|boxed|fbox|underbrace|displaystyle|widehat)\*?\s*\{([^{}]*)\}"
)
_BARE_ACCENT = re.compile(r"\\(?:vec|hat|bar|tilde|widehat|mathbf|boldsymbol|bm)(?:\s+(?=[A-Za-z\\])|(?=\\[a-z]))")
"""An accent over what follows without braces: ``\\hat y``, ``\\hat\\theta``."""
_SCRIPT = re.compile(r"([_^])\s*\{([^{}\s][^{}]{0,30}?)\}")
_FRACTION = re.compile(r"\\[dtc]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_BARE_FRACTION = re.compile(r"\\[dtc]?frac\s*(\d)\s*(\d)")
_WORDS = {
    r"\\(?:cdot|bullet)(?![A-Za-z])": "·",
    r"\\times(?![A-Za-z])": "×",
    r"\\(?:approx|simeq|thickapprox)(?![A-Za-z])": "≈",
    r"\\partial(?![A-Za-z])\s*": "∂",
    r"\\nabla(?![A-Za-z])\s*": "∇",
    r"\\(?:left|right|bigl|bigr|big|Big|Bigl|Bigr|displaystyle|limits|nonumber)(?![A-Za-z])": "",
    r"(?:\\leftarrow|\\gets)(?![A-Za-z])|←": "=",
    r"\\(?:quad|qquad)(?![A-Za-z])|\\[,;:! ]|~": " ",
    r"\\(?:top|intercal)(?![A-Za-z])": "T",
    r"\\(?:star|ast)(?![A-Za-z])": "*",
    r"\\(?:begin|end)\{(?:aligned|align\*?|equation\*?|split|gathered|cases)\}": "\n",
    r"\\\\": "\n",
    r"\\([%_#&$])": r"\1",
    r"\\[()\[\]]": " ",
}


def plain(text: str) -> str:
    """The text with one spelling of signs, fractions, indices and matrices, and without the marks of Markdown and LaTeX."""
    text = _GROUPS.sub(",", text[:LONGEST]).translate(_SIGNS)
    text = _BARE_ACCENT.sub("", _SUPERSCRIPT.sub(lambda m: "^" + m[0].translate(_RAISED), text))
    for _ in range(_DEEPEST):
        before = text
        text = _ACCENT.sub(r" \1" if before.startswith("\\text") else r"\1", text)
        text = _SCRIPT.sub(lambda m: m[1] + m[2].replace(" ", ""), text)
        text = _FRACTION.sub(lambda m: _quotient(m[1], m[2]), text)
        if text == before:
            break
    text = _BARE_FRACTION.sub(r"\1/\2", text)
    text = _MATRIX.sub(lambda m: _rows(m["body"]), text)
    for pattern, into in _WORDS.items():
        text = re.sub(pattern, into, text)
    text = re.sub(r"\$+|`+|\*\*(?!\s?[-({\d])|(?<!\w)__(?=\w)|<br\s*/?>", " ", text)
    text = text.replace("&", " ")
    return re.sub(r" *\n *", "\n", re.sub(r"[ \t]+", " ", text))


def _quotient(above: str, below: str) -> str:
    above, below = (re.sub(r"\\partial\b\s*", "∂", part.strip()) for part in (above, below))
    is_short = all(re.fullmatch(r"[-\w.∂∇^*\[\]()]+|[-\w.∂∇^*]+\([^()]*\)", part) for part in (above, below))
    return f"{above}/{below}" if is_short else f"({above})/({below})"


def _rows(body: str) -> str:
    """The rows of a matrix as nested lists."""
    body = re.sub(r"\\(?:hline|vdots|ddots|cdots|dots|ldots)\b", "…", body)
    rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?|\\cr\b", body) if row.strip(" \n&")]
    return "[" + ", ".join("[" + ", ".join(" ".join(cell.split()) for cell in row.split("&")) + "]" for row in rows) + "]"


def symbol(label: str) -> str:
    """A label as it is compared: ``\\vec{b}_1``, ``b_1`` and ``b1`` are one; words of three letters and more in lower case."""
    text = "".join(sign for sign in unicodedata.normalize("NFD", plain(label)) if not unicodedata.combining(sign))
    bare = re.sub(r"[\s{}\\_^,;:'\"]", "", text).replace("∂", "d").strip("().")
    return bare.casefold() if re.fullmatch(r"[A-Za-z]{3,}", bare) else bare


def is_words(label: str) -> bool:
    """Whether a label is found as words in a sentence; else it is a symbol, which stands before its sign of equality."""
    return (
        re.search(r"[A-Za-z]{3,}", label) is not None and re.fullmatch(r"[\w\s.'’()/-]+", label) is not None and "_" not in label
    )
