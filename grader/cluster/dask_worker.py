"""What runs on a Dask worker: it keeps warm boxes, one for each thread at most, and runs in them what it is sent."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from distributed import Worker, get_worker
from distributed.diagnostics.plugin import WorkerPlugin
from tornado.ioloop import PeriodicCallback

from grader.cluster.demand import Demand, Found
from grader.cluster.parcels import Frames, Refusal, lay_order, pack_evidence, pack_refusal
from grader.cluster.workers import Workers
from grader.errors import GraderError
from grader.sandbox.base import Sandbox
from grader.sandbox.holding import HOME, OwnFolder
from grader.store.files import write_atomically

IDLE = 600.0
"""Seconds without work after which warm boxes are closed; the next run pays for new ones."""
BEGINNING = 120.0
"""Seconds in which a worker must know what it has; trying all walls takes well under one on an idle machine."""
ENDING = 0.2
"""Seconds between attempts to end a run that nobody waits for."""
LOOK = 30.0
"""Seconds between looks for that."""


class BoxKeeper(WorkerPlugin):
    """The boxes of one worker for one demand. What is sent to a worker is the demand alone; the rest begins there."""

    idempotent = True  # a second run with the same demand finds the boxes warm

    def __init__(self, demand: Demand) -> None:
        self.name = demand.name
        self._demand = demand
        self.found: Found | None = None

    async def setup(self, worker: Worker) -> None:
        """Look what this worker is, before any run reaches it."""
        self._boxes = Workers(self._demand.setting.sandbox, worker.state.nthreads)
        self._files = OwnFolder(HOME)
        self._running: dict[str, Sandbox] = {}
        self._address = str(worker.address)
        self._lock = threading.Lock()
        self._last = time.monotonic()
        self._resting = PeriodicCallback(self._rest, LOOK * 1000)
        self._resting.start()
        self.found = await asyncio.to_thread(self._demand.meet)

    async def teardown(self, worker: Worker) -> None:
        """The worker ends: with it all boxes."""
        self._resting.stop()
        await asyncio.to_thread(self._boxes.__exit__)
        self._files.close()

    def transition(self, key: Any, start: str, finish: str, **_: Any) -> None:
        """A run that nobody waits for any more (interrupted, or its client is gone) is ended with its box."""
        if start == "executing" and finish == "released" and key in self._running:
            threading.Thread(target=self._end, args=(key, self._running[key]), daemon=True).start()

    def _end(self, key: str, sandbox: Sandbox) -> None:
        """Close the box until its run is over: it may not have been warm yet."""
        while self._running.get(key) is sandbox:
            self._boxes.end(sandbox)
            time.sleep(ENDING)

    async def _rest(self) -> None:
        if not self._running and time.monotonic() - self._last > IDLE:
            await asyncio.to_thread(self._boxes.end_idle)

    def run(self, key: str, frames: Frames, data: dict[str, bytes]) -> Frames:
        """Run what the frames tell in a warm box: the evidence, or why there is none."""
        if self.found is None or self.found.why:
            return self._refuse("cannot be used: " + (self.found.why if self.found else "it does not know yet what it has"))
        try:
            with self._sandbox(key) as sandbox, OwnFolder(HOME) as home:
                order = lay_order(frames, self._laid(data), Path(home))
                return pack_evidence(sandbox.run(order.plan, order.submission, order.limits))
        except (GraderError, OSError) as error:
            return self._refuse(str(error), getattr(error, "mend", ""))
        finally:
            self._last = time.monotonic()

    def _refuse(self, why: str, mend: str = "") -> Frames:
        return pack_refusal(Refusal(why=f"the worker {self._address}: {why}", mend=mend))

    @contextmanager
    def _sandbox(self, key: str) -> Iterator[Sandbox]:
        with self._boxes.sandbox() as sandbox:
            self._running[key] = sandbox
            try:
                yield sandbox
            finally:
                del self._running[key]

    def _laid(self, data: dict[str, bytes]) -> dict[str, Path]:
        """Files of data by digest; each is written once a worker."""
        folder = Path(self._files.path)
        with self._lock:
            for digest, content in data.items():
                if not (folder / digest).is_file():
                    write_atomically(folder / digest, content)
        return {digest: folder / digest for digest in data}


async def told(name: str, dask_worker: Worker) -> str:
    """On a worker: what it found that it is, as JSON."""
    keeper = dask_worker.plugins[name]
    assert isinstance(keeper, BoxKeeper)
    until = time.monotonic() + BEGINNING
    while keeper.found is None and time.monotonic() < until:  # another run with the same demand began a moment ago
        await asyncio.sleep(0.05)
    if keeper.found is None:
        return Found(why="it did not find out in time what it has").model_dump_json()
    return keeper.found.model_dump_json()


def run_order(name: str, frames: Frames, digests: list[str], *data: bytes) -> Frames:
    """A task: one run, in the boxes that this worker keeps under this name."""
    worker = get_worker()
    keeper = worker.plugins[name]
    assert isinstance(keeper, BoxKeeper)
    return keeper.run(str(worker.get_current_task()), frames, dict(zip(digests, data, strict=True)))
