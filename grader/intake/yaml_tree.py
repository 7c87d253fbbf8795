"""YAML with positions: plain values, and for every path of keys the line and column where it stands.

Reading is bounded (size, depth, nodes after aliases are expanded), so that no rubric can exhaust the machine.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from grader.errors import RubricFault

KeyPath: TypeAlias = tuple[str | int, ...]

MAX_CHARACTERS = 2_000_000
MAX_DEPTH = 40
MAX_NODES = 200_000
"""After aliases are expanded: a class's largest rubric has some thousands."""


@dataclass(frozen=True, slots=True)
class Position:
    """Line and column, from 1."""

    line: int
    column: int


@dataclass(slots=True)
class YamlDocument:
    """What one YAML text holds: its plain value, the position of each path, and the faults of its form."""

    file: str
    value: Any = None
    positions: dict[KeyPath, Position] = field(default_factory=dict)
    faults: list[RubricFault] = field(default_factory=list)

    def position(self, path: KeyPath) -> Position:
        """The position of a path, or of the nearest path above it that stands in the text."""
        while path and path not in self.positions:
            path = path[:-1]
        return self.positions.get(path, Position(1, 1))

    def fault(self, path: KeyPath, message: str, hint: str = "") -> RubricFault:
        """A fault at this path."""
        at = self.position(path)
        return RubricFault(self.file, at.line, at.column, write_path(path), message, hint)


def write_path(path: KeyPath) -> str:
    """``questions[2].checks[0].rtol``; the top of the document is ``(top)``."""
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.lstrip(".") or "(top)"


def read_yaml(text: str, file: str) -> YamlDocument:
    """The document in `text`; whatever is wrong with its form stands in `faults`, never raised."""
    document = YamlDocument(file)
    if len(text) > MAX_CHARACTERS:
        document.faults.append(document.fault((), f"the file has more than {MAX_CHARACTERS:,} characters"))
        return document
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        message = " ".join(str(part) for part in (error.context, error.problem) if part)
        document.faults.append(RubricFault(file, line, column, "(top)", f"not YAML: {message}"))
        return document
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        document.faults.append(document.fault((), f"not YAML: {error or 'nested too deeply'}"))
        return document
    if node is None:
        document.faults.append(document.fault((), "the file is empty"))
        return document
    builder = _Builder(document)
    document.value = builder.build(node, ())
    return document


class _Builder:
    """Turns composed nodes into plain values, noting positions, duplicate keys and too much of anything."""

    def __init__(self, document: YamlDocument) -> None:
        self.document = document
        self.nodes = 0
        self.constructor = yaml.SafeLoader("")

    def build(self, node: yaml.Node, path: KeyPath) -> Any:
        mark = node.start_mark
        self.document.positions.setdefault(path, Position(mark.line + 1, mark.column + 1))
        self.nodes += 1
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH:
            self._too_much(path)
            return None
        if not node.tag.startswith("tag:yaml.org,2002:") or "python" in node.tag:
            self.document.faults.append(self.document.fault(path, f"the tag {node.tag} is not for rubrics"))
            return None
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _too_much(self, path: KeyPath) -> None:
        message = f"more than {MAX_DEPTH} levels" if len(path) > MAX_DEPTH else "aliases expand to too much"
        if not any(fault.message == message for fault in self.document.faults):
            self.document.faults.append(self.document.fault(path, message))

    def _scalar(self, node: yaml.Node, path: KeyPath) -> Any:
        kind, text = node.tag.rpartition(":")[2], str(node.value)
        if kind == "timestamp" or (kind == "bool" and text.lower() not in ("true", "false")) or (kind == "int" and ":" in text):
            return text  # YAML 1.1 takes `on`, `no` and `1:30` for other things than their writer meant
        try:
            return self.constructor.construct_object(node)
        except (yaml.YAMLError, ValueError, OverflowError) as error:
            problem = getattr(error, "problem", None) or str(error)
            self.document.faults.append(self.document.fault(path, f"not understood: {problem}"))
            return None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else None
            if key is None:
                self.document.faults.append(self.document.fault(path, "a key must be a plain word"))
                continue
            inner = (*path, key)
            if key == "<<":
                merged |= self._merged(value_node, inner)
                continue
            if key in result:
                mark = key_node.start_mark
                self.document.faults.append(
                    RubricFault(self.document.file, mark.line + 1, mark.column + 1, write_path(inner), "this key stands twice")
                )
                continue
            mark = key_node.start_mark
            self.document.positions[inner] = Position(mark.line + 1, mark.column + 1)
            if self.nodes > MAX_NODES:
                break
            result[key] = self.build(value_node, inner)
        return {**merged, **result}

    def _merged(self, node: yaml.Node, path: KeyPath) -> dict[str, Any]:
        """What a merge key (``<<: *defaults``) brings in; the mapping's own keys win over it."""
        value = self.build(node, path)
        sources = value if isinstance(value, list) else [value]
        result: dict[str, Any] = {}
        for source in reversed(sources):
            if not isinstance(source, dict):
                self.document.faults.append(self.document.fault(path, "`<<` merges mappings only"))
                return {}
            result |= source
        return result
