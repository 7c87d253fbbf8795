"""Where submissions run: on this machine, or on the workers of a cluster. The pipeline does not know which."""

from __future__ import annotations

from typing import Protocol

from grader.cluster.forks import default_jobs
from grader.cluster.setting import Setting
from grader.sandbox.base import Sandbox


class Site(Protocol):
    """A place with room for `slots` submissions at a time; `notes` are sentences about it for whoever started the run."""

    @property
    def slots(self) -> int: ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    def sandbox(self) -> Sandbox:
        """A sandbox that runs there, one submission at a time."""
        ...

    def __enter__(self) -> Site: ...

    def __exit__(self, *_: object) -> None: ...


class LocalSite:
    """This machine. Nothing is held: sandboxes belong to who asked for them."""

    notes: tuple[str, ...] = ()

    def __init__(self, setting: Setting, jobs: int) -> None:
        self.slots = jobs or default_jobs()
        self._setting = setting
        setting.require()

    def sandbox(self) -> Sandbox:
        """A sandbox with warm processes of its own."""
        return self._setting.sandbox()

    def __enter__(self) -> LocalSite:
        return self

    def __exit__(self, *_: object) -> None:
        pass


def open_site(scheduler: str, setting: Setting, jobs: int = 0) -> Site:
    """The cluster that this scheduler (an address, or a scheduler file) leads to; this machine where it is "".

    `jobs` bounds the submissions at a time; 0 is as many as there is room for.

    Raises:
        ClusterError: the scheduler does not answer, or its workers are none that can be used.
        BoxError: boxes of this setting cannot be built there.
    """
    if not scheduler:
        return LocalSite(setting, jobs)
    from grader.cluster.dask_site import DaskSite

    return DaskSite(scheduler, setting, jobs)
