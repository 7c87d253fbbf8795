"""Loads a reference solution as the box does: in a work folder of its own with the data files beside it."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
Load = Callable[..., ModuleType]


@pytest.fixture(scope="module")
def load_reference(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Load]:
    """``load_reference("ece661_hw1", data=folder)`` imports ``solution``; what it imported is forgotten again."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MPLBACKEND", "agg")

    def load(name: str, data: Path | None = None) -> ModuleType:
        folder = ROOT / "reference_solutions" / name
        work = tmp_path_factory.mktemp(name)
        files = data or folder / "data"
        if files.is_dir():
            shutil.copytree(files, work, dirs_exist_ok=True)
        own = {path.stem for path in folder.glob("*.py")}
        with pytest.MonkeyPatch.context() as inner:
            inner.chdir(work)
            inner.syspath_prepend(str(folder))
            for module in own & sys.modules.keys():
                del sys.modules[module]
            try:
                return importlib.import_module("solution")
            finally:
                for module in own & sys.modules.keys():
                    del sys.modules[module]

    yield load
    import matplotlib.pyplot as plt

    plt.close("all")
    patch.undo()
