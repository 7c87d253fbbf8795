"""`grader.toml`: found beside the work or above, read with all its faults, written as it is read."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from grader.errors import UsageError
from grader.intake.kit import Kit, find_kit, read_kit, write_kit

TEXTS = st.text(min_size=1, max_size=20).filter(lambda text: text.isprintable() or '"' in text)


def test_the_nearest_kit_above_counts_and_its_paths_are_relative_to_it(tmp_path: Path) -> None:
    (tmp_path / "grader.toml").write_text('assignment = "hw1"\nrubric = "r.yaml"\nfile = "hw1.ipynb"\nsealed = "s.json"\n')
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    found = find_kit(deep)
    assert found is not None
    assert found.rubric == tmp_path.resolve() / "r.yaml"
    assert (found.file.name, found.sealed, found.data) == ("hw1.ipynb", tmp_path.resolve() / "s.json", None)


def test_every_fault_of_a_kit_is_named_with_the_nearest_key(tmp_path: Path) -> None:
    path = tmp_path / "grader.toml"
    path.write_text('version = 2\nassignment = "hw1"\nrubrik = "r.yaml"\n')
    with pytest.raises(UsageError) as error:
        read_kit(path)
    lines = str(error.value).splitlines()
    assert len(lines) == 3
    assert any("unknown key `rubrik` (did you mean `rubric`?)" in line for line in lines)
    assert any("`rubric` is missing" in line for line in lines)


def test_what_is_no_toml_is_said_without_a_traceback(tmp_path: Path) -> None:
    path = tmp_path / "grader.toml"
    path.write_text("assignment = \n")
    with pytest.raises(UsageError, match="is no TOML"):
        read_kit(path)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(assignment=TEXTS, file=TEXTS, sealed=st.just("") | TEXTS)
def test_a_written_kit_reads_back_the_same(
    tmp_path_factory: pytest.TempPathFactory, assignment: str, file: str, sealed: str
) -> None:
    kit = Kit(assignment=assignment, rubric="rubric.yaml", file=file, sealed=sealed)
    path = tmp_path_factory.getbasetemp() / "round.toml"
    path.write_text(write_kit(kit), encoding="utf-8")
    assert read_kit(path) == kit
