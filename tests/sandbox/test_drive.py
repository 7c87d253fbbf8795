"""What the host does when the box is late, dies or breaks its channel; played on a scripted line, without processes."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from grader.model.evidence import CaptureStatus
from grader.model.probe import Call, Case, Look, Plan, Probe
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Scalar
from grader.sandbox import drive as drive_module
from grader.sandbox.clock import SLICE, Activity, Clock
from grader.sandbox.course import Course
from grader.sandbox.drive import BoxLost, Drive
from grader.sandbox.inside import wire
from grader.sandbox.line import Ended, Gone, Heard

LIMITS = Limits(wall=10, cell=0.02, probe=0.02)
SILENCE = None
Said = wire.Message | Ended | Gone
Answer = Callable[[dict[str, object]], list[Said | None]]


class ScriptedLine:
    """A line that answers each request from a function; None in an answer is silence until the deadline."""

    forks = True

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        self.queue: list[Said | None] = []
        self.log: list[str] = []
        self.seen: list[Activity] = []

    def open(self, job: dict[str, object]) -> None:
        self.log.append("open")
        self.queue = [wire.Message({"frame": "ready"}, {})]

    def tell(self, header: dict[str, object], blobs: dict[str, bytes] | None = None) -> None:
        self.log.append(f"{header['ask']} {header.get('index', '')}".strip())
        self.queue += self.answer(header)

    def interrupt(self) -> None:
        self.log.append("interrupt")
        self.queue += self.answer({"ask": "interrupt"})

    def kill(self) -> None:
        self.log.append("kill")
        self.queue.clear()

    def hear(self, until: float) -> Heard:
        heard = self.queue.pop(0) if self.queue else None
        if heard is None:
            time.sleep(max(0.0, until - time.monotonic()))
        return heard

    def activity(self) -> Activity | None:
        return self.seen.pop(0) if self.seen else None


def said(**header: object) -> wire.Message:
    return wire.Message(header, {})


def ran(status: str = "ok", **fields: object) -> list[Said | None]:
    return [said(frame="cell", status=status, **fields), said(frame="cell_end", how="done")]


def answered(*captures: dict[str, object]) -> list[Said | None]:
    pieces = [b"".join(wire.encode({"frame": "capture", "capture": c})) for c in captures]
    return [*(wire.Message({"frame": "piece"}, {"data": p}) for p in pieces), said(frame="probe_end", how="exit 0")]


def number(value: int) -> dict[str, object]:
    return {"status": "captured", "value": {"type": "scalar", "value": value, "python": "int"}}


def driven(answer: Answer, cells: int = 3, limits: Limits = LIMITS) -> tuple[Drive, ScriptedLine]:
    line = ScriptedLine(answer)
    part = Part(path="a.ipynb", kind="notebook", cells=tuple(Cell(index=i, kind="code", source="x") for i in range(cells)))
    return Drive(line, part, limits, 0, Clock.start(limits)), line


@pytest.fixture(autouse=True)
def _short_grace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drive_module, "GRACE", 0.02)


def test_a_cell_over_its_deadline_is_interrupted_and_the_next_one_runs() -> None:
    def answer(request: dict[str, object]) -> list[Said | None]:
        if request["ask"] == "interrupt":
            return ran("raised", stdout="so far")
        return [] if request["index"] == 1 else ran()

    drive, line = driven(answer)
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "timed_out", "ok"]
    assert drive.cells[1].stdout == "so far"
    assert line.log == ["open", "cell 0", "cell 1", "interrupt", "cell 2"]


def test_a_cell_that_does_not_heed_the_interrupt_is_killed_and_skipped_when_the_others_are_run_again() -> None:
    drive, line = driven(lambda request: [] if request["ask"] == "interrupt" or request["index"] == 1 else ran())
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "timed_out", "ok"]
    assert line.log == ["open", "cell 0", "cell 1", "interrupt", "kill", "open", "cell 0", "cell 2"]


def test_a_cell_that_ends_the_process_is_recorded_as_died() -> None:
    drive, _ = driven(lambda request: [Ended("exit 0")] if request["index"] == 1 else ran())
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "died", "ok"]
    assert drive.cells[1].error is not None
    assert drive.cells[1].error.message == "exit 0"


def test_a_cell_that_dies_only_when_run_again_is_skipped_from_then_on() -> None:
    runs = iter([ran(), [Ended("exit 0")], [Ended("exit 0")], ran(), ran()])
    drive, line = driven(lambda request: next(runs))
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "died", "ok"]
    assert line.log == ["open", "cell 0", "cell 1", "open", "cell 0", "open", "cell 2"]


def test_what_was_killed_is_tried_once_more_in_a_submission_as_the_machine_may_have_lacked_memory() -> None:
    ends = iter([[Ended("signal 9")], ran(), [Ended("signal 9")]])
    drive, line = driven(lambda request: ran() if request["index"] == 0 else next(ends))
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "ok", "died"]
    assert line.log == ["open", "cell 0", "cell 1", "open", "cell 0", "cell 1", "cell 2"]


def test_a_cell_that_was_killed_as_it_ran_again_is_not_forgotten() -> None:
    runs = iter([ran(), [Ended("exit 0")], [Ended("signal 9")], ran(), ran()])
    drive, line = driven(lambda request: next(runs))
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["ok", "died", "ok"]
    assert line.log == ["open", "cell 0", "cell 1", "open", "cell 0", "open", "cell 0", "cell 2"]


def test_a_probe_that_was_killed_is_asked_once_more() -> None:
    ends = iter([[said(frame="probe_end", how="signal 9")], answered(number(1)), [said(frame="probe_end", how="signal 9")]])
    statuses, _ = asked([F, G], lambda request: next(ends))
    assert statuses == [CaptureStatus.CAPTURED, CaptureStatus.RAISED]


def test_the_box_may_not_say_itself_that_a_cell_timed_out() -> None:
    drive, _ = driven(lambda request: ran("timed_out"), cells=1)
    drive.run_cells(stop_on_error=False)
    assert drive.cells[0].status == "died"


def test_after_a_cell_that_raises_nothing_runs_where_the_rubric_says_so() -> None:
    drive, _ = driven(lambda request: ran("raised"))
    drive.run_cells(stop_on_error=True)
    assert [run.status for run in drive.cells] == ["raised", "not_run", "not_run"]


def test_cells_leave_a_share_of_the_whole_time_to_probes() -> None:
    limits = Limits(wall=0.2, cell=60, probe=1)
    drive, _ = driven(lambda request: answered(number(1)) if request["ask"] == "probe" else [], cells=2, limits=limits)
    drive.run_cells(stop_on_error=False)
    assert [run.status for run in drive.cells] == ["timed_out", "not_run"]
    assert drive.ask([Look(names=("x",))])[0].status is CaptureStatus.CAPTURED


def test_a_flood_of_frames_does_not_stop_the_clock() -> None:
    drive, line = driven(lambda request: [])
    flood = said(frame="cell_begin", cell=0)
    line.hear = lambda until: line.queue.pop() if line.queue else flood  # type: ignore[method-assign]
    assert drive.ask([F])[0].status is CaptureStatus.TIMED_OUT
    assert line.log[-1] == "kill"


def test_after_the_whole_time_nothing_more_is_asked() -> None:
    drive, line = driven(lambda request: [], cells=1)
    drive.clock.until = drive.clock.now
    assert {c.status for c in drive.ask([F, A, B])} == {CaptureStatus.TIMED_OUT}
    assert line.log == []


def asked(probes: list[Probe], answer: Answer) -> tuple[list[CaptureStatus], ScriptedLine]:
    drive, line = driven(answer)
    return [c.status for c in drive.ask(probes)], line


A, B, C = Look(names=("a",)), Look(names=("b",)), Look(names=("c",))
F, G = Call(names=("f",), cases=(Case(),)), Call(names=("g",), cases=(Case(),))


def test_probes_that_only_look_are_asked_together_and_calls_apart() -> None:
    def answer(request: dict[str, object]) -> list[Said | None]:
        return answered(*(number(1) for _ in request["probes"])) if request["ask"] == "probe" else []  # type: ignore[attr-defined]

    statuses, line = asked([A, B, F, G, C], answer)
    assert statuses == [CaptureStatus.CAPTURED] * 5
    assert line.log == ["open", "probe", "probe", "probe"]


def test_looks_after_one_that_kills_its_fork_are_asked_one_by_one() -> None:
    def answer(request: dict[str, object]) -> list[Said | None]:
        probes = request["probes"]
        assert isinstance(probes, list)
        if len(probes) > 1:
            return [*answered(number(1))[:-1], said(frame="probe_end", how="signal 11")]
        if probes[0]["names"] == ["b"]:
            return [said(frame="probe_end", how="signal 11")]
        return answered(number(3))

    statuses, _ = asked([A, B, C], answer)
    assert statuses == [CaptureStatus.CAPTURED, CaptureStatus.RAISED, CaptureStatus.CAPTURED]


def test_a_look_that_is_late_is_asked_once_more_in_a_fresh_fork_and_a_call_is_not() -> None:
    late_once = iter([[], answered(number(1)), []])

    def answer(request: dict[str, object]) -> list[Said | None]:
        return [said(frame="probe_end", how="signal 9")] if request["ask"] == "stop" else list(next(late_once))

    statuses, line = asked([A, F], answer)
    assert statuses == [CaptureStatus.CAPTURED, CaptureStatus.TIMED_OUT]
    assert line.log == ["open", "probe", "stop", "probe", "probe", "stop"]


def test_a_look_that_is_late_twice_is_late() -> None:
    statuses, line = asked([A], lambda request: [said(frame="probe_end", how="signal 9")] if request["ask"] == "stop" else [])
    assert statuses == [CaptureStatus.TIMED_OUT]
    assert line.log == ["open", "probe", "stop", "probe", "stop"]


def test_an_answer_that_came_in_time_counts_though_it_is_read_after_the_deadline() -> None:
    drive, line = driven(lambda request: answered(number(7)))
    hear = line.hear

    def slow(until: float) -> Heard:
        heard = hear(until)
        time.sleep(0.015)  # two of these are longer than the probe's limit
        return heard

    line.hear = slow  # type: ignore[method-assign]
    assert drive.ask([F])[0].value == Scalar(value=7, python="int")


def test_a_box_that_stood_still_has_its_time_again() -> None:
    answers: list[Said | None] = [*(None for _ in range(4)), *answered(number(7))]  # silence for two slices beyond the deadline
    drive, line = driven(
        lambda request: answers if request["ask"] == "probe" else [], limits=Limits(wall=9, cell=9, probe=2 * SLICE)
    )
    line.seen = [Activity(1.0, is_held_up=True)] * 4
    assert drive.ask([G])[0].value == Scalar(value=7, python="int")
    assert line.log == ["open", "probe"]


def test_a_probe_over_its_deadline_is_timed_out_and_the_next_is_answered() -> None:
    def answer(request: dict[str, object]) -> list[Said | None]:
        if request["ask"] == "stop":
            return [said(frame="probe_end", how="signal 9")]
        return [] if request["probes"][0]["names"] == ["f"] else answered(number(1))  # type: ignore[index]

    statuses, line = asked([F, G], answer)
    assert statuses == [CaptureStatus.TIMED_OUT, CaptureStatus.CAPTURED]
    assert line.log == ["open", "probe", "stop", "probe"]


def test_where_stopping_a_probe_does_not_help_the_process_is_begun_anew() -> None:
    def answer(request: dict[str, object]) -> list[Said | None]:
        return answered(number(1)) if request["ask"] == "probe" and request["probes"][0]["names"] == ["g"] else []  # type: ignore[index]

    statuses, line = asked([F, G], answer)
    assert statuses == [CaptureStatus.TIMED_OUT, CaptureStatus.CAPTURED]
    assert line.log == ["open", "probe", "stop", "kill", "open", "probe"]


@pytest.mark.parametrize(
    "answer",
    [
        [said(frame="probe_end", how="exit 0")],
        [wire.Message({"frame": "piece"}, {"data": b"\xff" * 64}), said(frame="probe_end", how="exit 0")],
        [wire.Message({"frame": "piece"}, {}), said(frame="probe_end", how="signal 9")],
        [Ended("signal 11")],
        answered({"status": "timed_out"}),
        answered({"status": "captured", "value": {"type": "scalar", "value": [1]}}),
    ],
)
def test_a_broken_answer_is_the_submissions_exception_with_a_detail(answer: list[Said | None]) -> None:
    drive, _ = driven(lambda request: list(answer))
    (capture,) = drive.ask([F])
    assert capture.status is CaptureStatus.RAISED
    assert capture.error is not None
    assert capture.detail


def test_when_the_whole_box_is_gone_the_rest_is_a_failure_of_the_box() -> None:
    statuses, _ = asked([F, G], lambda request: [Gone("the box ended")])
    assert statuses == [CaptureStatus.RAISED, CaptureStatus.BOX_FAILED]


def test_a_part_that_cannot_begin_is_a_lost_box() -> None:
    drive, line = driven(lambda request: [])
    line.open = lambda job: line.queue.append(Ended("exit 1"))  # type: ignore[method-assign]
    with pytest.raises(BoxLost):
        drive.run_cells(stop_on_error=False)


@pytest.mark.parametrize(
    ("first", "how", "ended"),
    [
        ("dies", Ended("exit 1"), "died"),
        ("dies", said(frame="unready", why="no room"), "died"),
        ("dies", Ended("signal 9"), "box_failed"),
        ("dies", Gone("the box ended"), "box_failed"),
        ("", Ended("exit 1"), "box_failed"),
    ],
)
def test_where_no_process_begins_any_more_after_the_submissions_code_has_run_that_is_its_doing(
    first: str, how: Said, ended: str
) -> None:
    """Else wrong answers could be put off to a person; while nothing has run, or the whole box is gone, it is ours."""
    drive, line = driven(lambda request: [Ended("exit 0")])
    course = Course(Plan(probes=(F,)), Submission(id="s", root="", digest="d", parts=(drive.part,)), LIMITS, "strict")
    openings = iter([said(frame="ready"), how] if first else [how])
    line.open = lambda job: line.queue.append(next(openings))  # type: ignore[method-assign]
    course.take(line)
    assert course.ended == ended
    assert course.evidence.captures[F.key].status.value == ("raised" if ended == "died" else "box_failed")


def test_the_value_that_was_sent_is_the_value_of_the_capture() -> None:
    drive, _ = driven(lambda request: answered(number(42)))
    (capture,) = drive.ask([F])
    assert capture.value == Scalar(value=42, python="int")
