"""Evidence on disk, by digest: one JSON file a run of a submission, array data beside it as blobs.

The key of evidence is made of everything that decides what is observed: the submission's bytes, the plan, the data, the limits
and the isolation. What only decides about verdicts (tolerances, points, mistakes) is not in it.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from grader.model.evidence import Capture, Evidence
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.store.files import write_atomically

VERSION = 1
ModelT = TypeVar("ModelT", bound=BaseModel)


def evidence_key(submission: Submission, plan: Plan, limits: Limits, isolation: str) -> str:
    """The key under which the evidence of this run is found again."""
    data = [f"{file.name}:{file.digest}" for file in plan.data]
    what = [VERSION, submission.digest, [p.key for p in plan.probes], data, plan.seed, plan.stop_on_error, isolation]
    what += [plan.runner, plan.kernel] if plan.runner != "shell" else []
    return hashlib.sha256(json.dumps([*what, limits.model_dump(mode="json")]).encode()).hexdigest()[:32]


class _Blobs(Mapping[str, bytes]):
    """The blobs of a folder, read when asked for."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def _path(self, key: str) -> Path:
        if not (len(key) == 64 and all(c in "0123456789abcdef" for c in key)):
            raise KeyError(key)
        return self.folder / key[:2] / key

    def __getitem__(self, key: str) -> bytes:
        try:
            return self._path(key).read_bytes()
        except OSError as error:
            raise KeyError(key) from error

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._path(key).is_file()

    def __iter__(self) -> Iterator[str]:
        return (path.name for path in self.folder.glob("??/*"))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def put(self, data: bytes) -> str:
        key = hashlib.sha256(data).hexdigest()
        path = self._path(key)
        if not path.is_file():
            write_atomically(path, data)
        return key


class EvidenceStore:
    """The evidence of a run folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.blobs = _Blobs(folder / "blobs")

    def save(self, key: str, evidence: Evidence) -> None:
        self._save(self.folder / f"{key}.json", evidence)

    def load(self, key: str) -> Evidence | None:
        """The evidence under this key; None when there is none, or when it is damaged (then it is observed again)."""
        return self._load(self.folder / f"{key}.json", Evidence)

    def stored_captures(self, key: str) -> dict[str, Any]:
        """The captures under this key as they are stored, array data as the keys of its blobs; empty where there are none."""
        return _captures(self.folder / f"{key}.json")

    def stored_answers(self, digest: str) -> dict[str, Any]:
        """What the reference with this digest answered so far, as it is stored."""
        return _captures(self._reference(digest))

    def size_of_answers(self, digest: str) -> int:
        """Bytes that these take, their array data left out."""
        path = self._reference(digest)
        return path.stat().st_size if path.is_file() else 0

    def capture(self, stored: Any) -> Capture | None:
        """A stored capture with its array data; None when it is damaged."""
        try:
            return Capture.model_validate(stored, context={"blobs": self.blobs})
        except (OSError, ValidationError, KeyError):
            return None

    def save_submission(self, submission: Submission) -> None:
        self._save(self.folder / "submissions" / f"{submission.digest}.json", submission)

    def load_submission(self, digest: str) -> Submission | None:
        return self._load(self.folder / "submissions" / f"{digest}.json", Submission)

    def save_reference(self, digest: str, captures: Mapping[str, Capture]) -> None:
        """What the reference with this digest answered so far."""
        self._save(self._reference(digest), Evidence(submission=digest, captures=dict(captures)))

    def load_reference(self, digest: str) -> dict[str, Capture]:
        found = self._load(self._reference(digest), Evidence)
        return dict(found.captures) if found is not None else {}

    def _reference(self, digest: str) -> Path:
        return self.folder / f"reference-{digest[:32]}.json"

    def _save(self, path: Path, model: BaseModel) -> None:
        write_atomically(path, model.model_dump_json(context={"put": self.blobs.put}))

    def _load(self, path: Path, kind: type[ModelT]) -> ModelT | None:
        try:
            return kind.model_validate_json(path.read_bytes(), context={"blobs": self.blobs})
        except (OSError, ValidationError, ValueError, KeyError):
            return None


def _captures(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())["captures"]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
