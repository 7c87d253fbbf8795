"""Progress of a grading run in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

    from grader.pipeline import Event

_BARS = {"reading": "reading", "running": "running", "observed": "running", "reference": "judging"}
"""The bar on which an event shows; others have one of their own name."""
_OVER = ("read", "judged", "written")


class Progress:
    """A bar for each stage of a run, fed by the pipeline's events; where the output is no terminal only their last state."""

    def __init__(self, total: int, quiet: bool, title: str = "grading", console: Console | None = None) -> None:
        from rich import progress
        from rich.console import Console

        self._total = total
        self._title = title
        self._bar = progress.Progress(
            progress.TextColumn("[bold]{task.description}"),
            progress.BarColumn(),
            progress.MofNCompleteColumn(),
            progress.TimeElapsedColumn(),
            progress.TextColumn("[dim]left"),
            progress.TimeRemainingColumn(),
            progress.TextColumn("{task.fields[now]}", markup=False),
            console=console or Console(stderr=True),
            disable=quiet,
        )
        self._tasks: dict[str, progress.TaskID] = {}
        self._running: list[str] = []

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: Event) -> None:
        if event.stage in _OVER:
            return
        name = _BARS.get(event.stage, event.stage)
        if name not in self._tasks:
            self._tasks[name] = self._bar.add_task(f"{self._title}: {name}", total=self._total, now="")
        if event.stage == "running":
            self._running.append(event.submission)
        elif event.stage == "observed":
            self._running = [one for one in self._running if one != event.submission]
        asking = f"asking the reference {event.total} questions" if event.stage == "reference" else ""
        completed = None if event.stage in ("running", "reference") else event.done
        self._bar.update(self._tasks[name], completed=completed, now=asking or ", ".join(self._running))
