"""A class graded once; every test reviews a copy of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.web.builder import Reviewer, graded, reviewer


@pytest.fixture(scope="session")
def graded_class(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return graded(tmp_path_factory.mktemp("graded"))


@pytest.fixture
def out(graded_class: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(graded_class, tmp_path / "hw"))


@pytest.fixture
def ta(out: Path) -> Reviewer:
    return reviewer(out)
