"""The bars of a run: one a stage, with what runs now, and nothing when a program reads the output."""

from __future__ import annotations

import io

from rich.console import Console

from grader.cli.progress import Progress
from grader.pipeline import Event

EVENTS = (
    Event("reading", "aster", 1, 2),
    Event("reading", "[bold]birch", 2, 2),
    Event("read", total=2),
    Event("running", "aster", 0, 2),
    Event("running", "[bold]birch", 0, 2),
    Event("observed", "aster", 1, 2),
)


def shown(*events: Event, quiet: bool = False) -> list[str]:
    stream = io.StringIO()
    with Progress(2, quiet, console=Console(file=stream, width=160, color_system=None)) as progress:
        for event in events:
            progress.on_event(event)
    return [" ".join(line.split()) for line in stream.getvalue().splitlines() if line.strip()]


def test_each_stage_has_a_bar_of_its_own_and_the_running_one_names_what_runs() -> None:
    reading, running = shown(*EVENTS)
    assert reading.startswith("grading: reading")
    assert "2/2" in reading
    assert running.startswith("grading: running")
    assert "1/2" in running
    assert running.endswith(" [bold]birch")


def test_what_is_judged_again_after_the_reference_was_asked_stays_on_the_bar_of_judging() -> None:
    (bar,) = shown(Event("judging", "aster", 2, 2), Event("reference", total=7))
    assert bar.startswith("grading: judging")
    assert "2/2" in bar
    assert bar.endswith("asking the reference 7 questions")


def test_a_program_that_reads_the_output_sees_no_bars() -> None:
    assert shown(*EVENTS, quiet=True) == []
