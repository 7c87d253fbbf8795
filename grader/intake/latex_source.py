"""LaTeX sources as the Markdown they would be: sections, lists, tables, code and formulas; nothing is run or included."""

from __future__ import annotations

import re
from collections.abc import Callable

_COMMENT = re.compile(r"(?<!\\)%.*")
_SECTIONS = re.compile(r"\\(?P<name>(?:sub){0,2}section|(?:sub)?paragraph)\*?\s*\{(?P<title>(?:[^{}]|\{[^{}]*\}){0,300})\}")
_LEVELS = {"section": 1, "subsection": 2, "subsubsection": 3, "paragraph": 4, "subparagraph": 5}
_CODE = re.compile(
    r"\\begin\{(?P<name>verbatim|lstlisting|minted|Verbatim|python)\*?\}(?:\[[^\]]*\])?(?:\{\w*\})?(?P<body>.*?)\\end\{(?P=name)\*?\}",
    re.DOTALL,
)
_TABULAR = re.compile(
    r"\\begin\{(?P<name>tabular\w?\*?|longtable)\}(?:\[[^\]]*\])?(?:\{(?:[^{}]|\{[^{}]*\})*\}){1,2}(?P<body>.*?)\\end\{(?P=name)\}",
    re.DOTALL,
)
_DISPLAY = re.compile(
    r"\\begin\{(?P<name>equation|displaymath|gather|multline)\*?\}(?P<body>.*?)\\end\{(?P=name)\*?\}", re.DOTALL
)
_ALIGNED = re.compile(r"\\begin\{(?P<name>align|eqnarray|flalign|alignat)\*?\}(?P<body>.*?)\\end\{(?P=name)\*?\}", re.DOTALL)
_RULE = re.compile(r"\\(?:hline|toprule|midrule|bottomrule|cline\{[^}]*\}|cmidrule(?:\([^)]*\))?\{[^}]*\})")
_DRESS: tuple[tuple[str, str], ...] = (
    (r"\\(?:textbf|mathbf\b(?=\{\w+ ))\{([^{}]*)\}", r"**\1**"),
    (r"\\(?:emph|textit|underline)\{([^{}]*)\}", r"*\1*"),
    (r"\\texttt\{([^{}]*)\}", r"`\1`"),
    (
        r"\\(?:label|ref|eqref|cite|vspace|hspace|includegraphics|usepackage|documentclass|pagestyle)\*?(?:\[[^\]]*\])?\{[^{}]*\}",
        "",
    ),
    (
        r"\\(?:begin|end)\{(?:document|itemize|enumerate|description|center|figure|table|flushleft|solution|proof|problem|question)\*?\}(?:\[[^\]]*\])?",
        "\n",
    ),
    (r"\\(?:maketitle|tableofcontents|newpage|clearpage|centering|noindent|bigskip|medskip|smallskip|par)\b", "\n"),
    (r"\\(?:title|author|date)\{[^{}]*\}", ""),
    (r"\\item\s*\[([^\]]{1,20})\]", r"\n\1 "),
    (r"\\item\b\s*", "\n- "),
    (r"\\([%#&_])", r"\1"),
    (r"``|''", '"'),
)


def latex_to_markdown(source: str) -> str:
    """The text of a LaTeX source as Markdown; formulas stay LaTeX between dollar signs."""
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\x00{len(kept) - 1}\x00"

    text = source.replace("\x00", "")
    body = re.search(r"\\begin\{document\}(.*?)(?:\\end\{document\}|\Z)", text, re.DOTALL)
    text = body[1] if body else text
    text = _CODE.sub(lambda m: "\n" + keep("```\n" + m["body"].strip("\n") + "\n```") + "\n", text)
    text = "\n".join(_COMMENT.sub("", line) for line in text.splitlines())
    text = _formulas(text, keep)
    text = _TABULAR.sub(lambda m: "\n\n" + _table(m["body"]) + "\n\n", text)
    text = _SECTIONS.sub(lambda m: f"\n\n{'#' * _LEVELS[m['name']]} {m['title'].strip()}\n\n", text)
    for pattern, into in _DRESS:
        text = re.sub(pattern, into, text)
    text = re.sub(r"\n\s*\n\s*\n+", "\n\n", re.sub(r"(?m)^[ \t]+", "", text))
    return re.sub(r"\x00(\d+)\x00", lambda m: kept[int(m[1])], text).strip() + "\n"


def _formulas(text: str, keep: Callable[[str], str]) -> str:
    """Displayed and aligned formulas between ``$$``, all formulas out of reach of what follows."""
    text = _ALIGNED.sub(lambda m: keep(f"\n$$\\begin{{aligned}}{m['body'].strip()}\\end{{aligned}}$$\n"), text)
    text = _DISPLAY.sub(lambda m: keep(f"\n$${m['body'].strip()}$$\n"), text)
    text = re.sub(r"\\\[(.*?)\\\]", lambda m: keep(f"\n$${m[1].strip()}$$\n"), text, flags=re.DOTALL)
    text = re.sub(r"\\\((.*?)\\\)", lambda m: keep(f"${m[1].strip()}$"), text, flags=re.DOTALL)
    text = re.sub(r"\$\$.*?\$\$", lambda m: keep(m[0]), text, flags=re.DOTALL)
    return re.sub(r"(?<!\\)\$[^$\n]{1,2000}\$", lambda m: keep(m[0]), text)


def _table(body: str) -> str:
    """Rows of a tabular as a Markdown table."""
    rows = [row for row in re.split(r"\\\\(?:\[[^\]]*\])?|\\tabularnewline", _RULE.sub("", body)) if row.strip()]
    cells = [[" ".join(cell.split()).replace("|", "\\|") for cell in re.split(r"(?<!\\)&", row)] for row in rows]
    if not cells:
        return ""
    width = max(map(len, cells))
    lines = ["| " + " | ".join([*row, *[""] * (width - len(row))]) + " |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])
