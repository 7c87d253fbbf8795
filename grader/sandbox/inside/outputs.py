"""What one cell puts out, in order: streams, rich displays, results and errors, all bounded while the cell still runs."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import dataclass, field
from typing import Any

KEPT_TYPES = (
    "text/plain",
    "text/html",
    "text/markdown",
    "text/latex",
    "image/png",
    "image/jpeg",
    "image/svg+xml",
)
MOST_OUTPUTS = 500
LONGEST_SAID = 20_000
PLOT_REMAINS = re.compile(r"\W*(<(matplotlib|Figure|Axes|mpl_toolkits)|Text\(|\(array\(.*<BarContainer)", re.DOTALL)
MOST_RICH = 2**23
RICH_FACTOR = 8
"""Displays may take this many times the characters of the streams: one picture is about 50,000."""


@dataclass
class _Stream:
    name: str
    text: io.StringIO = field(default_factory=io.StringIO)

    def as_output(self) -> dict[str, Any]:
        return {"output_type": "stream", "name": self.name, "text": self.text.getvalue()}


class Outputs:
    """The outputs of one cell: the first `limit` characters of its streams; the rest is counted in `cut`."""

    def __init__(self, limit: int) -> None:
        self.left = max(int(limit), 0)
        self.rich_left = min(self.left * RICH_FACTOR, MOST_RICH)
        self.said_left = self.left
        self.cut = 0
        self.texts = {"stdout": io.StringIO(), "stderr": io.StringIO()}
        self.said = io.StringIO()
        """What a reader of the cell sees as text: standard output, and the plain text of values shown."""
        self.items: list[_Stream | dict[str, Any]] = []
        self.by_display: dict[str, list[dict[str, Any]]] = {}
        self.clear_before_next = False

    def write(self, name: str, text: str) -> None:
        """Text on a stream; what does not fit is counted, not kept."""
        kept = text[: self.left]
        self.cut += len(text) - len(kept)
        if not kept:
            return
        self.left -= len(kept)
        self._clear_if_asked()
        self.texts[name].write(kept)
        if name == "stdout":
            self.said.write(kept)
        if not self.items or not isinstance(self.items[-1], _Stream) or self.items[-1].name != name:
            self.items.append(_Stream(name))
        last = self.items[-1]
        if isinstance(last, _Stream):
            last.text.write(kept)

    def display(self, data: dict[str, Any], metadata: dict[str, Any], display_id: str = "", update: bool = False) -> None:
        """A `display_data` output, or with `update` new data for the earlier ones of this id."""
        bundle = self._bounded(data)
        if update:
            for earlier in self.by_display.get(display_id, []):
                earlier["data"] = bundle
            return
        self._say(bundle)
        output = {"output_type": "display_data", "data": bundle, "metadata": {}}
        self._add(output)
        if display_id:
            self.by_display.setdefault(display_id, []).append(output)

    def result(self, count: int, data: dict[str, Any]) -> None:
        """The value of the cell's last expression."""
        bundle = self._bounded(data)
        self._say(bundle)
        self._add({"output_type": "execute_result", "execution_count": count, "data": bundle, "metadata": {}})

    def error(self, kind: str, message: str, traceback: list[str]) -> None:
        """An exception as Jupyter shows it; long tracebacks keep both ends."""
        lines = traceback if len(traceback) <= 20 else [*traceback[:10], "...", *traceback[-9:]]
        shown = [line[:4000] for line in lines]
        self._add({"output_type": "error", "ename": kind[:200], "evalue": message[:2000], "traceback": shown})

    def clear(self, wait: bool) -> None:
        """`clear_output`: forget what is shown (the streams' record stays), now or when the next output comes."""
        self.clear_before_next = wait
        if not wait:
            self.items.clear()

    @property
    def length(self) -> int:
        """Characters kept of the streams."""
        return sum(text.tell() for text in self.texts.values())

    @property
    def pictures(self) -> list[bytes]:
        """The PNG pictures shown, as files."""
        bundles = [item["data"] for item in self.items if isinstance(item, dict) and "data" in item]
        return [base64.b64decode(bundle["image/png"]) for bundle in bundles if "image/png" in bundle]

    def as_json(self) -> str:
        """The outputs as nbformat 4 has them."""
        return json.dumps([item.as_output() if isinstance(item, _Stream) else item for item in self.items], ensure_ascii=False)

    def _add(self, output: dict[str, Any]) -> None:
        self._clear_if_asked()
        if len(self.items) < MOST_OUTPUTS:
            self.items.append(output)

    def _say(self, bundle: dict[str, str]) -> None:
        """Plain text of a shown value; pictures, and what plotting functions happen to return, say nothing."""
        text = bundle.get("text/plain", "")
        text = text[: min(LONGEST_SAID, self.said_left)]
        if text and not any(kind.startswith("image/") for kind in bundle) and not PLOT_REMAINS.match(text):
            self.said_left -= len(text) + 1
            self.said.write(text + "\n")

    def _clear_if_asked(self) -> None:
        if self.clear_before_next:
            self.items.clear()
            self.clear_before_next = False

    def _bounded(self, data: dict[str, Any]) -> dict[str, str]:
        """The MIME types we keep, as text (pictures in base 64), as far as they fit."""
        bundle: dict[str, str] = {}
        for kind in KEPT_TYPES:
            text = _as_text(data.get(kind))
            if text and len(text) <= self.rich_left:
                self.rich_left -= len(text)
                bundle[kind] = text
        return bundle or {"text/plain": "(an output that was too large to keep, or of a kind that is not kept)"}


def _as_text(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    return str(value) if isinstance(value, str) else ""
