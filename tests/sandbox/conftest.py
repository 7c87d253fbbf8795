"""Real boxes for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from grader.sandbox.local import LocalSandbox
from grader.sandbox.walls import inspect


@pytest.fixture(scope="session")
def _walls() -> None:
    """Skips, with the reason, where this machine does not let us put up the walls."""
    missing = [f"{report.wall.name} ({report.why})" for report in inspect() if not report.works]
    if missing:
        pytest.skip(f"walls that do not work here: {', '.join(missing)}")


@pytest.fixture(scope="module")
def box(_walls: None) -> Iterator[LocalSandbox]:
    """A walled box, warm once for a file of tests."""
    sandbox = LocalSandbox("strict")
    yield sandbox
    sandbox.close()
