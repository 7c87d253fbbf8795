"""The time of a submission on a machine that stalls: deadlines move by what was kept from it, and not without end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from grader.model.rubric import Limits
from grader.sandbox.activity import activity_of
from grader.sandbox.clock import JITTER, SLICE, Activity, Clock


@dataclass
class Machine:
    """A monotonic clock that is set by hand."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def clock(machine: Machine) -> Clock:
    return Clock.start(Limits(wall=40, cell=10, probe=2), machine)


def wait(clock: Clock, machine: Machine, until: float, stall: float = 0.0) -> None:
    """One wait of ours, which ends so much later than it was to."""
    wake = clock.next_wake(until)
    machine.seconds = wake + stall
    clock.note_woken(wake)


def test_cells_end_before_the_whole_and_leave_a_share_to_probes(clock: Clock, machine: Machine) -> None:
    assert (clock.cells_until - clock.now, clock.until - clock.now) == (30, 40)
    machine.seconds += 40
    assert clock.is_over


def test_our_own_work_moves_the_deadlines(clock: Clock, machine: Machine) -> None:
    machine.seconds += 41
    clock.forgive(2)
    assert clock.until - clock.now == pytest.approx(1)
    assert not clock.is_over


def test_waits_are_sliced_and_end_with_the_deadline(clock: Clock, machine: Machine) -> None:
    assert clock.next_wake(clock.now + 10) == machine.seconds + SLICE
    assert clock.next_wake(clock.now + SLICE / 2) == pytest.approx(machine.seconds + SLICE / 2)
    assert clock.next_wake(clock.now - 1) == machine.seconds


def test_a_wait_that_takes_longer_than_asked_is_a_stall_of_the_machine_and_does_not_count(clock: Clock, machine: Machine) -> None:
    until = clock.now + 2
    wait(clock, machine, until, stall=7)
    assert until - clock.now == pytest.approx(2 - SLICE)


def test_being_woken_a_little_late_is_no_stall(clock: Clock, machine: Machine) -> None:
    until = clock.now + 2
    wait(clock, machine, until, stall=JITTER / 2)
    assert until - clock.now == pytest.approx(2 - SLICE - JITTER / 2)


def test_being_woken_early_by_an_answer_is_no_stall(clock: Clock, machine: Machine) -> None:
    before = clock.spare
    clock.note_woken(machine.seconds + 0.2)
    assert clock.spare == before


def test_stalls_are_given_back_up_to_half_of_the_whole_time(clock: Clock, machine: Machine) -> None:
    began = clock.now
    for _ in range(10):
        wait(clock, machine, clock.until, stall=5)
    assert clock.spare == 0
    assert clock.now - began == pytest.approx(10 * (SLICE + 5) - 20)


def kept(clock: Clock, machine: Machine, took: float, worked: float, held_up: bool = True) -> float:
    """Seconds given back after a time in which the box worked so much."""
    first = clock.forgive_starving(None, Activity(3.0, is_held_up=False))
    machine.seconds += took
    second = clock.forgive_starving(first, Activity(3.0 + worked, held_up))
    assert second.at == clock.now
    return took - (second.at - first.at)


def test_a_box_that_was_kept_from_working_has_that_time_again(clock: Clock, machine: Machine) -> None:
    assert kept(clock, machine, took=10, worked=0.5) == pytest.approx(9.5)
    assert clock.spare == pytest.approx(20 - 9.5)


def test_a_box_that_worked_or_slept_was_not_kept_from_working(clock: Clock, machine: Machine) -> None:
    assert kept(clock, machine, took=10, worked=9) == 0
    assert kept(clock, machine, took=10, worked=0, held_up=False) == 0


def test_where_nothing_is_known_of_the_box_nothing_is_given_back(clock: Clock, machine: Machine) -> None:
    nothing = clock.forgive_starving(None, None)
    machine.seconds += 9
    first = clock.forgive_starving(nothing, Activity(0, is_held_up=True))
    machine.seconds += 9
    clock.forgive_starving(first, None)
    assert clock.spare == 20


def test_a_box_that_stops_itself_runs_out_of_what_is_given_back(clock: Clock, machine: Machine) -> None:
    assert [kept(clock, machine, took=8, worked=0) for _ in range(4)] == pytest.approx([8, 8, 4, 0])


def test_what_happened_while_the_machine_stood_still_is_given_back_once(clock: Clock, machine: Machine) -> None:
    first = clock.forgive_starving(None, Activity(0.0, is_held_up=False))
    wait(clock, machine, clock.until, stall=6)
    clock.forgive_starving(first, Activity(0.0, is_held_up=True))
    assert clock.spare == pytest.approx(20 - 6 - SLICE)


def written(processes: Path, pid: int, state: str, ticks: str, children: str = "") -> None:
    (processes / str(pid) / "task" / str(pid)).mkdir(parents=True)
    (processes / str(pid) / "task" / str(pid) / "children").write_text(children)
    (processes / str(pid) / "stat").write_text(f"{pid} (a ) R name) {state} 1 1 1 0 -1 0 0 0 0 0 {ticks} 20 0 1 0 5")


def test_the_activity_of_a_tree_is_the_sum_of_its_processes(tmp_path: Path) -> None:
    written(tmp_path, 7, "S", "100 50 0 0", children="8 9")
    written(tmp_path, 8, "S", "10 0 20 20")
    written(tmp_path, 9, "Z", "0 0 0 0")
    assert activity_of(7, tmp_path) == Activity(2.0, is_held_up=False)
    written(tmp_path, 5, "S", "0 0 0 0", children="6")
    written(tmp_path, 6, "T", "0 0 0 0")
    assert activity_of(5, tmp_path) == Activity(0.0, is_held_up=True)


def test_nothing_is_known_of_a_process_that_is_gone(tmp_path: Path) -> None:
    assert activity_of(7, tmp_path) is None
