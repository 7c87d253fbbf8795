"""Progress of a grading run in the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from grader.pipeline import Event


class Progress:
    """A progress bar fed by the pipeline's events; nothing where the output is no terminal but a line at the end."""

    def __init__(self, total: int, quiet: bool, title: str = "grading") -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bar = Progress(
            TextColumn("[bold]{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[now]}"),
            console=Console(stderr=True),
            disable=quiet,
        )
        self._task = self._bar.add_task(title, total=total, now="")
        self._running: list[str] = []

    def __enter__(self) -> Progress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def on_event(self, event: Event) -> None:
        if event.stage == "running":
            self._running.append(event.submission)
        elif event.stage == "observed":
            self._running = [name for name in self._running if name != event.submission]
            self._bar.update(self._task, completed=event.done)
        elif event.stage == "reference":
            self._bar.update(self._task, now=f"asking the reference {event.total} questions")
            return
        now = {"judging": f"judging {event.done} of {event.total}", "judged": ""}.get(event.stage, ", ".join(self._running))
        self._bar.update(self._task, now=now)
