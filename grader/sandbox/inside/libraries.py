"""Libraries that may or may not be there, fetched once so that later student code cannot put others in their place."""

from __future__ import annotations

import importlib
import sys
from typing import Any

_kept: dict[str, Any] = {}


class Lacking(Exception):
    """Something that the rubric asks for is not installed in the environment that submissions run in: no fault of theirs."""

    @classmethod
    def library(cls, name: str) -> Lacking:
        """The word on a library, with what mends it."""
        return cls(f"`runner: jupyter` needs {name}: {sys.executable} -m pip install {name.partition('.')[0]}")


def loaded(name: str) -> Any:
    """The library when something has imported it already; None otherwise. Objects of a library exist only after its import."""
    if name not in _kept and name in sys.modules:
        _kept[name] = sys.modules[name]
    return _kept.get(name)


def load(name: str) -> Any:
    """The library, imported now if need be; None where it is not installed or does not import."""
    if loaded(name) is None:
        try:
            _kept[name] = importlib.import_module(name)
        except Exception:  # a library broken in this environment counts as absent
            return None
    return _kept[name]


def is_instance_of(value: object, library: str, *names: str) -> bool:
    """Whether the value's type derives from one of the library's classes, without asking the value itself."""
    module = loaded(library)
    order = _order_of(type(value))
    return any(base is getattr(module, name, None) for base in order for name in names) if module is not None else False


_order_of = type.__dict__["__mro__"].__get__
"""The classes a class derives from, past any metaclass of the student's."""
