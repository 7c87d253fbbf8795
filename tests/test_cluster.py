"""Work spread over sandboxes and over forks."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from grader.cluster import Workers, in_processes
from grader.model.evidence import Evidence
from grader.model.probe import Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox.base import Sandbox


class Counted:
    """A sandbox of which is known how many there are and whether they were closed."""

    made: int
    closed: int

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        raise AssertionError("nothing is run here")

    def close(self) -> None:
        type(self).closed += 1


@pytest.fixture
def sandbox() -> type[Counted]:
    return type("Counted", (Counted,), {"made": 0, "closed": 0})


def make(kind: type[Counted]) -> Sandbox:
    kind.made += 1
    return kind()


def test_a_warm_sandbox_is_used_again_by_later_work(sandbox: type[Counted]) -> None:
    with Workers(lambda: make(sandbox), jobs=2) as workers:
        for _ in range(3):
            assert sorted(one.result for one in workers.map(lambda _, item: item * 2, [1, 2, 3, 4])) == [2, 4, 6, 8]
        with workers.sandbox():
            pass
    assert 1 <= sandbox.made <= 2
    assert sandbox.closed == sandbox.made


def test_no_two_pieces_of_work_share_a_sandbox(sandbox: type[Counted]) -> None:
    both = threading.Barrier(2, timeout=20)

    def meet(one: Sandbox, item: int) -> int:
        both.wait()
        return id(one)

    with Workers(lambda: make(sandbox), jobs=2) as workers:
        assert len({done.result for done in workers.map(meet, [1, 2])}) == 2


def test_results_of_forks_come_in_order_and_from_other_processes() -> None:
    shared = {"factor": 3}
    found = list(in_processes(lambda item: (item * shared["factor"], os.getpid()), range(20), jobs=2))
    assert [result for result, _ in found] == [3 * i for i in range(20)]
    assert 1 <= len({process for _, process in found} - {os.getpid()}) <= 2
    assert os.getpid() not in {process for _, process in found}


@pytest.mark.parametrize(("items", "jobs"), [(20, 1), (2, 8)])
def test_one_job_or_few_items_are_done_here(items: int, jobs: int) -> None:
    assert list(in_processes(lambda _: os.getpid(), range(items), jobs)) == [os.getpid()] * items


def test_an_error_in_a_fork_is_raised_here_and_ends_the_work(tmp_path: Path) -> None:
    def fail(item: int) -> int:
        if item == 1:
            raise ValueError("the second")
        (tmp_path / str(item)).touch()
        return item

    with pytest.raises(ValueError, match="the second"):
        list(in_processes(fail, range(500), jobs=2))
    assert len(list(tmp_path.iterdir())) < 499


def test_a_sandbox_that_was_ended_at_work_is_not_used_again(sandbox: type[Counted]) -> None:
    with Workers(lambda: make(sandbox), jobs=1) as workers:
        with workers.sandbox() as first:
            workers.end(first)
        assert sandbox.closed >= 1
        with workers.sandbox() as second:
            assert second is not first


def test_idle_sandboxes_are_closed_and_those_at_work_are_not(sandbox: type[Counted]) -> None:
    with Workers(lambda: make(sandbox), jobs=2) as workers:
        with workers.sandbox() as busy:
            with workers.sandbox():
                pass
            workers.end_idle()
            assert (sandbox.made, sandbox.closed) == (2, 1)
        with workers.sandbox() as again:
            assert again is busy
    assert sandbox.closed == 2
