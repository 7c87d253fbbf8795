"""Names in a cost table: layers and column headings, matched as forgivingly as they are written."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

Column: TypeAlias = Literal["input", "output", "weight", "parameters", "macs"]

SHAPE_COLUMNS: frozenset[str] = frozenset({"input", "output", "weight"})

LAYER = "layer"
"""Marks the column that holds the layers' names."""

HEADINGS: Mapping[str, str] = {
    "macs": r"(?:num(?:ber of)?|total|#|no?)?\s*(?:of\s*)?(?:macs?\b|mult\w*[ -]*(?:acc\w*|adds?)\w*|multiplications?|madds?\b)",
    "parameters": r"(?:num(?:ber of)?|total|#|no?)?\s*(?:of\s*)?(?:trainable\s*)?param(?:s|eter|eters)?\b(?:\s*#)?",
    "weight": r"(?:weights?|kernel|filter|w)\b(?:\s*(?:tensor|matrix))?(?:\s*(?:shape|size|dim\w*))?",
    "input": r"(?:input|in)\b(?:\s*(?:feature)?\s*(?:map)?)?(?:\s*(?:shape|size|dim\w*))?",
    "output": r"(?:output|out)\b(?:\s*(?:feature)?\s*(?:map)?)?(?:\s*(?:shape|size|dim\w*))?",
    LAYER: r"(?:layer|module|name|block)s?(?:\s*(?:name|type))?",
}

KINDS = (
    r"conv(?:olution(?:al)?)?(?:\s*[123]\s*d(?!\d))?",
    r"fc|fully[\s_-]*connected|linear|dense|lin",
)

_MODULE = re.compile(r"(?P<lead>\s*)(?P<kind>[A-Z]\w*)-(?P<number>\d{1,4})(?!\w)")
"""A module in a summary, which counts them all: ``Linear-4``."""


@dataclass(frozen=True, slots=True)
class Named:
    """A layer found at the beginning of a text: its index, and what follows."""

    index: int
    rest: str


def plain_heading(text: str) -> str:
    """A heading in lower case, underscores and punctuation as blanks, plural markers gone."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z][a-z])", " ", text)
    text = re.sub(r"(?i)\b(?:of|for|the)\s*:?\s*$", " ", text)
    text = re.sub(r"[_*`:|()\[\]{}$\\/]+|\.(?=\s|$)", " ", text).lower()
    return re.sub(r"\s+", " ", text).strip()


def column_of(text: str, aliases: Mapping[str, Sequence[str]]) -> str:
    """The column a heading names, `LAYER` for the column of names, "" for none; a rubric's own aliases come first."""
    heading = plain_heading(text[:100])
    for column, own in aliases.items():
        if heading and heading in (plain_heading(alias) for alias in own):
            return column
    for column, pattern in HEADINGS.items():
        if re.fullmatch(rf"(?:the\s+)?(?:{pattern})", heading):
            return column
    return ""


def columns_in(line: str, aliases: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The columns named in a line of headings separated by single blanks, in their order."""
    line = plain_heading(line[:400])
    found: dict[int, str] = {}
    for column, pattern in HEADINGS.items():
        own = [re.escape(plain_heading(alias)) for alias in aliases.get(column, ()) if plain_heading(alias)]
        for match in re.finditer("|".join([*(rf"\b{alias}\b" for alias in own), rf"(?<![a-z])(?:{pattern})"]), line):
            if match[0].strip():
                found.setdefault(match.start() + len(match[0]) - len(match[0].lstrip()), column)
    return tuple(found[start] for start in sorted(found))


@lru_cache(maxsize=512)
def layer_pattern(label: str) -> re.Pattern[str]:
    """What a layer's name may look like: ``conv1``, ``Conv 1``, ``conv_1``, ``Convolution 1``, ``net.conv1``, ``Conv2d-1``."""
    lead = r"[\s>*#•\"'`(\[-]*(?:layer(?:\s*name)?\s*[:=]\s*|name\s*[:=]\s*)?[\"'`*]*(?:(?:self|net|model|module|cnn)\.)?"
    end = r"(?![A-Za-z0-9]|[_.][A-Za-z])[\"'`*]*\s*[:,;]?"
    match = re.fullmatch(r"([A-Za-z]+)[\s_-]*0*(\d{1,4})", label.strip())
    if match is None:
        pieces = [re.escape(piece) for piece in re.split(r"[\s_.-]+", label.strip()) if piece]
        return re.compile(lead + r"[\s_.-]*".join(pieces) + end, re.IGNORECASE)
    kind = next((kind for kind in KINDS if re.fullmatch(kind, match[1], re.IGNORECASE)), re.escape(match[1]))
    body = rf"(?:{kind})(?:[\s_-]*layer)?[\s_.#-]*0*{match[2]}"
    return re.compile(lead + body + end, re.IGNORECASE)


def layer_at(text: str, layers: Sequence[Sequence[str]]) -> Named | None:
    """The layer whose name the text begins with; a running number before the name is passed over."""
    text = text[:1000]
    for shortened in (text, re.sub(r"^\s*\(?\d{1,3}[.):]?\s+", "", text)):
        for index, labels in enumerate(layers):
            for label in labels:
                if match := layer_pattern(label).match(shortened):
                    return Named(index, shortened[match.end() :])
    return None


def layer_within(text: str, layers: Sequence[Sequence[str]]) -> Named | None:
    """The only layer whose name stands anywhere in the text (``Input shape of conv1: ...``); the rest is the text without it."""
    text = text[:1000]
    found = []
    for index, labels in enumerate(layers):
        matches = (re.search(r"(?<![A-Za-z0-9_])" + layer_pattern(label).pattern, text, re.IGNORECASE) for label in labels)
        if match := next((m for m in matches if m), None):
            found.append(Named(index, f"{text[: match.start()]} {text[match.end() :]}"))
    return found[0] if len(found) == 1 else None


def own_numbers(names: Sequence[str]) -> list[str]:
    """Names as they are, but for those of a summary that numbers all modules (``Flatten-1``, ``Linear-2``, ``ReLU-3``,
    ``Linear-4``): there the layers of each kind get numbers of their own."""
    found = list(names)
    places = [(place, match) for place, name in enumerate(names) if (match := _MODULE.match(name[:100]))]
    starts = [i for i, (_, match) in enumerate(places) if match["number"] == "1"]
    for start, end in pairwise([*starts, len(places)]):
        run = places[start:end]
        kinds = [match["kind"] for _, match in run]
        if len(set(kinds)) < 2 or [int(match["number"]) for _, match in run] != list(range(1, len(run) + 1)):
            continue
        for order, (place, match) in enumerate(run):
            own = kinds[: order + 1].count(match["kind"])
            found[place] = f"{match['lead']}{match['kind']}-{own}{names[place][match.end() :]}"
    return found


def is_other_row(text: str) -> bool:
    """A row that no cost is asked of: pooling, activation, totals, the input itself."""
    words = r"pool|relu|sigmoid|tanh|softmax|flatten|view|reshape|drop|norm|\bbn|total|sum|input|output|loss|^\W*$"
    return re.search(words, text[:100].lower()) is not None
