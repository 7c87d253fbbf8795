"""Evidence survives the way to disk and back, and damaged files are as good as none."""

from __future__ import annotations

import errno
import pickle
from pathlib import Path

import numpy as np
import pytest

from grader.errors import EvidenceError, WriteError
from grader.model.evidence import Capture, Evidence
from grader.model.probe import DataFile, Look, Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Array, Scalar
from grader.store.evidence import EvidenceStore, evidence_key
from grader.store.files import write_atomically
from grader.store.run_folder import RunFolder

ONE = Submission(id="a", root="", digest="1" * 64)
PROBE = Look(names=("x",))


def made() -> Evidence:
    value = Array(data=np.arange(6.0).reshape(2, 3), dtype="float64")
    return Evidence(submission=ONE.digest, captures={PROBE.key: Capture.of(value), "n": Capture.of(Scalar(value=float("nan")))})


def test_evidence_comes_back_as_it_was(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.save("k", made())
    found = store.load("k")
    assert found is not None
    value = found.captures[PROBE.key].value
    assert isinstance(value, Array)
    np.testing.assert_array_equal(value.data, np.arange(6.0).reshape(2, 3))
    nan = found.captures["n"].value
    assert isinstance(nan, Scalar)
    assert isinstance(nan.value, float)
    assert np.isnan(nan.value)


def test_equal_arrays_are_stored_once(tmp_path: Path) -> None:
    store = EvidenceStore(tmp_path)
    store.save("k1", made())
    store.save("k2", made())
    assert len(store.blobs) == 1


@pytest.mark.parametrize("damage", ["truncate", "blob"])
def test_damaged_evidence_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    store = EvidenceStore(tmp_path)
    store.save("k", made())
    if damage == "truncate":
        (tmp_path / "k.json").write_bytes((tmp_path / "k.json").read_bytes()[:-20])
    else:
        next(tmp_path.glob("blobs/??/*")).unlink()
    assert store.load("k") is None


def test_a_blob_name_cannot_lead_out_of_the_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        EvidenceStore(tmp_path).blobs["../../../etc/passwd"]


def test_the_key_changes_with_what_decides_the_observation_and_with_nothing_else() -> None:
    plan, limits = Plan(probes=(PROBE,)), Limits()
    data = (DataFile(name="d", path="/x", digest="1"),)
    keys = [
        evidence_key(ONE, plan, limits, "strict"),
        evidence_key(ONE.model_copy(update={"digest": "2" * 64}), plan, limits, "strict"),
        evidence_key(ONE, Plan(probes=(PROBE, Look(names=("y",)))), limits, "strict"),
        evidence_key(ONE, Plan(probes=(PROBE,), seed=1), limits, "strict"),
        evidence_key(ONE, Plan(probes=(PROBE,), data=data), limits, "strict"),
        evidence_key(ONE, plan, Limits(cell=1), "strict"),
        evidence_key(ONE, plan, limits, "none"),
    ]
    assert len(set(keys)) == len(keys)
    moved = Plan(probes=(PROBE,), data=(DataFile(name="d", path="/y", digest="1"),))
    assert evidence_key(ONE, moved, limits, "strict") == keys[4]
    assert evidence_key(ONE.model_copy(update={"id": "b"}), plan, limits, "strict") == keys[0]


def test_a_write_that_fails_leaves_the_old_file_and_no_rest(tmp_path: Path) -> None:
    path = tmp_path / "f"
    write_atomically(path, "old")
    with pytest.raises(TypeError):
        write_atomically(path, 3)  # type: ignore[arg-type]
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["f"]


def test_what_cannot_be_written_is_said_with_its_place_and_reason(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriteError, match=r"cannot write .*file/inside: (Not a directory|File exists)") as caught:
        write_atomically(tmp_path / "file" / "inside", "text")
    assert "then give the same command again" in pickle.loads(pickle.dumps(caught.value)).mend


def test_a_full_disk_leaves_the_old_file_and_no_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "f"
    write_atomically(path, "old")

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "chmod", full)
    with pytest.raises(WriteError, match="No space left on device"):
        write_atomically(path, "new")
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("f", "old")]


def test_a_folder_without_a_run_is_said_with_what_mends_it(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="holds no grading run") as caught:
        RunFolder(tmp_path).read_manifest()
    assert "grader grade" in caught.value.mend


def test_a_line_of_corrections_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / "overrides.jsonl").write_text('\n{"submission": "a"}\n')
    with pytest.raises(EvidenceError, match=r"overrides\.jsonl:2"):
        RunFolder(tmp_path).overrides()
