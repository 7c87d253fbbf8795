"""Real boxes for the tests of this folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator

import pytest

from grader.sandbox.local import LocalSandbox

NAMESPACES = ("unshare", "--user", "--mount", "--pid", "--net", "--ipc", "--uts", "--fork", "true")


@pytest.fixture(scope="session")
def _walls() -> None:
    """Skips where the machine forbids namespaces, asking another program than ours: a fault of ours must not skip its tests."""
    if shutil.which("unshare") is None or subprocess.run(NAMESPACES, capture_output=True).returncode:
        pytest.skip("this machine does not let us make namespaces; `grader doctor` says what mends it")


@pytest.fixture(scope="module")
def box(_walls: None) -> Iterator[LocalSandbox]:
    """A walled box, warm once for a file of tests."""
    sandbox = LocalSandbox("strict")
    yield sandbox
    sandbox.close()
