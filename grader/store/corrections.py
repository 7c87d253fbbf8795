"""What humans corrected, ``overrides.jsonl``: one JSON object a line, appended by one or several people and never edited in."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import ValidationError

from grader.errors import EvidenceError, WriteError
from grader.model.report import CorrectedReading, Correction, Override, Withdrawal

LOCK_SECONDS = 30.0
"""How long one waits for another who is writing a line."""


class Corrections:
    """The lines of one run, in the order they were made."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> tuple[Correction, ...]:
        """Every line.

        Raises:
            EvidenceError: a line is no correction.
        """
        try:
            lines = self.path.read_text(encoding="utf-8").split("\n")
        except FileNotFoundError:
            return ()
        except (OSError, UnicodeDecodeError) as error:
            raise EvidenceError(f"{self.path} cannot be read: {error}") from error
        return tuple(self._line(number, line) for number, line in enumerate(lines, 1) if line.strip())

    def append(self, make: Callable[[tuple[Correction, ...]], Sequence[Correction]]) -> tuple[Correction, ...]:
        """Add the lines that `make` gives for those that are there; nobody else writes between its look and the last line.

        Raises:
            EvidenceError: the file cannot be read, or somebody else holds it for too long.
            WriteError: it cannot be written; it is as it was.
        """
        from filelock import FileLock, Timeout

        try:
            with FileLock(self.path.with_name(f".{self.path.name}.lock"), timeout=LOCK_SECONDS):
                made = tuple(make(self.read()))
                if made:
                    self._write("".join(line.model_dump_json(exclude_defaults=True) + "\n" for line in made))
                return made
        except Timeout as error:
            raise EvidenceError(f"{self.path} is held by somebody else who writes to it") from error
        except OSError as error:
            raise WriteError.at(self.path, error.strerror or str(error)) from error

    def _write(self, text: str) -> None:
        """To the disk before anybody is told that it is kept, or not at all; a last line that nobody ended is ended first."""
        with self.path.open("ab+", buffering=0) as file:
            end = file.seek(0, os.SEEK_END)
            if end:
                file.seek(end - 1)
                text = text if file.read(1) == b"\n" else f"\n{text}"
            data = text.encode("utf-8", "replace")
            try:
                if file.write(data) != len(data):
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
                os.fsync(file.fileno())
            except OSError:
                file.truncate(end)
                raise

    def _line(self, number: int, line: str) -> Correction:
        try:
            return _kind(line).model_validate_json(line)
        except json.JSONDecodeError as error:
            raise EvidenceError(f"{self.path}:{number}: {error}", "mend or remove that line") from error
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(str(key) for key in first["loc"])
            raise EvidenceError(f"{self.path}:{number}: {where}: {first['msg']}", "mend or remove that line") from error


def _kind(line: str) -> type[Override] | type[CorrectedReading] | type[Withdrawal]:
    """What a line is, by the field that only its kind has."""
    if '"read"' not in line and '"withdraws"' not in line:
        return Override
    found = json.loads(line)
    return CorrectedReading if "read" in found else Withdrawal if "withdraws" in found else Override


def in_force(corrections: Iterable[Correction]) -> tuple[Override | CorrectedReading, ...]:
    """The last correction of the points and the last of the reading of each check, in their order, without what was withdrawn."""
    latest: dict[tuple[str, str, str, str], Override | CorrectedReading] = {}
    for one in corrections:
        what = one.withdraws if isinstance(one, Withdrawal) else "points" if isinstance(one, Override) else "read"
        key = (one.submission, one.question, one.check, what)
        latest.pop(key, None)
        if not isinstance(one, Withdrawal):
            latest[key] = one
    return tuple(latest.values())
