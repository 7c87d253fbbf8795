"""A column of a cost table told in a sentence, ``conv1 has 456 parameters, conv2 has 2,416``, as a line for each layer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from grader.checks.cost_lines import LONGEST_LINE, Wanted, tokens_in

_SENTENCE = re.compile(r"[.;?!](?=\s)")


def line_by_line(line: str, wanted: Wanted) -> Iterator[str]:
    """The line itself, or a line for each of several layers in it where one column is asked for and each has one number."""
    told = _told(line[:LONGEST_LINE], wanted) if len(wanted.columns) == 1 else []
    yield from told or (line,)


def _told(line: str, wanted: Wanted) -> list[str]:
    starts = sorted(
        (match.start(), match.end(), index) for index, labels in enumerate(wanted.layers) for match in _named(line, labels)
    )
    layers = [index for _, _, index in starts]
    if len(layers) < 2 or len(set(layers)) < len(layers):
        return []
    ends = [*(start for start, _, _ in starts[1:]), len(line)]
    parts = [
        _SENTENCE.split(line[begin:end], maxsplit=1)[0].rstrip(" ,;.") for (_, begin, _), end in zip(starts, ends, strict=True)
    ]
    counts = [[token for token in tokens_in(part) if token.kind != "dash"] for part in parts]
    if any(len(found) != 1 or found[0].kind != "number" for found in counts):
        return []
    return [f"{wanted.layers[index][0]}: {found[0].text}" for index, found in zip(layers, counts, strict=True)]


def _named(line: str, labels: tuple[str, ...]) -> Iterator[re.Match[str]]:
    """Where a layer is named, with or without a space before its number."""
    spelled = {r"[\s_-]?".join(map(re.escape, re.findall(r"[A-Za-z]+|\d+", label))) for label in labels}
    yield from re.finditer(rf"(?<![\w.])(?:{'|'.join(sorted(spelled))})(?![\w])", line, re.IGNORECASE)
