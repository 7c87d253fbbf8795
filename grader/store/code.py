"""Which code it was: a digest of the toolkit's own source, by which kept results count or do not."""

from __future__ import annotations

import hashlib
from pathlib import Path

import grader


def code_of(*rooms: str) -> str:
    """Digest of the source of these packages of the toolkit."""
    root = Path(grader.__file__).parent
    whole = hashlib.sha256()
    for path in (path for room in rooms for path in sorted((root / room).rglob("*.py"))):
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    return whole.hexdigest()
