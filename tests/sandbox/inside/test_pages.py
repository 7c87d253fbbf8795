"""A warm process in large pages: nothing in it changes, and forks are cheaper where the kernel gives such pages."""

from __future__ import annotations

import sys

import pytest

from grader.sandbox.inside import pages

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks a Linux kernel")


def large() -> int:
    """Bytes of this process in large pages."""
    with open("/proc/self/smaps_rollup", encoding="ascii") as file:
        return next(int(line.split()[1]) * 1024 for line in file if line.startswith("AnonHugePages"))


def test_memory_keeps_its_content_and_lies_in_as_many_large_pages_as_are_told() -> None:
    kept = [bytes([number]) * 2**16 for number in range(160)]
    if not (gathered := pages.gather()):
        pytest.skip("this kernel gives none")
    assert large() >= gathered * pages.LARGE
    assert all(block == bytes([number]) * 2**16 for number, block in enumerate(kept))


def test_where_the_kernel_refuses_nothing_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "MADV_COLLAPSE", 10**6)
    assert pages.gather() == 0
