"""A Dask cluster as the place where submissions run: every run is a task, sent by value, its evidence sent back by value."""

from __future__ import annotations

import importlib.metadata
import json
import sys
import threading
import time
import uuid
from concurrent.futures import CancelledError
from pathlib import Path
from typing import TYPE_CHECKING

from grader.cluster.demand import Demand, Found, decisive_difference, harmless_differences
from grader.cluster.parcels import Frames, Order, Refusal, pack_order, read_answer
from grader.cluster.setting import Setting
from grader.errors import BoxError, ClusterError
from grader.model.evidence import Evidence
from grader.model.probe import DataFile, Plan
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.sandbox.base import Sandbox
from grader.sandbox.course import Course

if TYPE_CHECKING:
    from distributed import Client, Future

CONNECT = 10.0
"""Seconds in which a scheduler must answer."""
POLL = 5.0
"""Seconds between looks whether there are any workers still."""
PATIENCE = 120.0
"""Seconds that a run waits for a worker to come back, when all are gone."""
SAME_GRADER = "install the same grader on every worker, and start the workers again"


def connect(scheduler: str) -> Client:
    """A client of this scheduler: an address, or a scheduler file.

    Raises:
        ClusterError: the library is missing, there is no such file, or nobody answers.
    """
    try:
        import dask
        from distributed import Client
    except ImportError:
        command = f"{sys.executable} -m pip install distributed"
        raise ClusterError("grading on a cluster needs the library `distributed`, which is not installed", command) from None
    # A submission travels with its task, once; that a graph is large is said for the sake of those who send data often.
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 TiB"})
    address = _address(scheduler)
    try:
        return Client(address, timeout=CONNECT, name="grader", set_as_default=False)
    except OSError as error:
        raise ClusterError(f"no scheduler answers at {address}: {error}", mend="dask scheduler") from None


def _address(scheduler: str) -> str:
    """The address that this is, or that a scheduler file tells.

    Raises:
        ClusterError: it is neither.
    """
    from distributed.comm.addressing import get_address_host_port

    is_file = Path(scheduler).is_file()
    try:
        address = str(json.loads(Path(scheduler).read_bytes())["address"]) if is_file else scheduler
        get_address_host_port(address)
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = f"{scheduler} is no scheduler file" if is_file else f"{scheduler} is no scheduler file, and no address"
        raise ClusterError(
            f"{what}: {error}", mend="--scheduler tcp://host:8786, or the file that dask scheduler --scheduler-file FILE writes"
        ) from None
    return address


class DaskSite:
    """Implements `Site`. Opening it makes sure that every worker can build the boxes, and has the same versions."""

    def __init__(self, scheduler: str, setting: Setting, jobs: int) -> None:
        self._demand = Demand.of(setting)
        self._scheduler = scheduler
        self._client = connect(scheduler)
        self._data: dict[str, Future[bytes]] = {}
        self._lock = threading.Lock()
        self._seen = time.monotonic()
        try:
            self.notes = self._prepare()
            self.slots = jobs or sum(self._client.nthreads().values())
        except BaseException:
            self._client.close()
            raise

    @property
    def isolation(self) -> str:
        return self._demand.setting.isolation

    def __enter__(self) -> DaskSite:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def sandbox(self) -> Sandbox:
        """A sandbox somewhere on the cluster: it takes what is free."""
        return DaskSandbox(self)

    def submit(self, frames: Frames, plan: Plan) -> Future[Frames]:
        """Send one run; the files of data go before it, once."""
        from grader.cluster.dask_worker import run_order

        data = [self._sent(file) for file in plan.data]
        digests = [file.digest for file in plan.data]
        key = f"grader-run-{uuid.uuid4().hex}"
        return self._client.submit(run_order, self._demand.name, frames, digests, *data, key=key, pure=False)

    def check(self) -> None:
        """Look whether anybody is there to run what waits.

        Raises:
            ClusterError: the scheduler is gone, or all workers are since a while.
        """
        with self._lock:
            if self._client.nthreads():
                self._seen = time.monotonic()
            elif time.monotonic() - self._seen > PATIENCE:
                raise self.lost("all workers are gone")

    def lost(self, why: str) -> ClusterError:
        """The cluster has failed us half way."""
        return ClusterError(f"{why} ({self._scheduler}); what was observed is kept, and the same command goes on from there")

    def _sent(self, file: DataFile) -> Future[bytes]:
        """As a task whose result it is: should all workers that hold it die, Dask makes it again."""
        with self._lock:
            if file.digest not in self._data:
                content = Path(file.path).read_bytes()
                self._data[file.digest] = self._client.submit(bytes, content, key=f"grader-data-{file.digest}")
            return self._data[file.digest]

    def _prepare(self) -> tuple[str, ...]:
        """Begin the boxes' keeper on each worker, and hear what each is."""
        try:
            self._client.wait_for_workers(1, timeout=CONNECT)
        except TimeoutError:
            mend = f"dask worker {self._scheduler}"
            raise ClusterError(f"the scheduler at {self._scheduler} has no workers", mend=mend) from None
        self._require_grader()
        from grader.cluster.dask_worker import BoxKeeper, told

        try:
            self._client.register_plugin(BoxKeeper(self._demand))
        except (ImportError, AttributeError) as error:
            raise ClusterError(f"a worker has another grader: {error}", mend=SAME_GRADER) from None
        answers = self._client.run(told, self._demand.name, on_error="return")
        found = {a: Found.model_validate_json(said) for a, said in answers.items() if isinstance(said, str)}
        if not found:
            raise self.lost("all workers are gone")
        for address, one in found.items():
            _require(address, one, next(iter(found.values())))
        return self._notes(found)

    def _require_grader(self) -> None:
        found = self._client.run(importlib.metadata.version, "grader", on_error="return")
        for address, version in found.items():
            if isinstance(version, importlib.metadata.PackageNotFoundError):
                raise ClusterError(f"the worker {address} has no grader", mend=SAME_GRADER)

    def _notes(self, found: dict[str, Found]) -> tuple[str, ...]:
        texts: dict[str, str] = {}
        for address, one in found.items():
            if differing := harmless_differences(one.versions, self._demand.versions):
                texts[address] = f"the worker {address} has {', '.join(differing)}: last digits may differ"
        return tuple(texts.values())


def _require(address: str, found: Found, first: Found) -> None:
    why = found.why
    if not why and (other := decisive_difference(found.versions, first.versions)):
        why = f"it has {other} on another worker"
    if why:
        kind = BoxError if found.is_box else ClusterError
        raise kind(f"the worker {address} cannot be used: {why}", mend=found.mend)


class DaskSandbox:
    """Implements `Sandbox`: runs one submission at a time, on whichever worker is free."""

    def __init__(self, site: DaskSite) -> None:
        self._site = site
        self._running: Future[Frames] | None = None

    def run(self, plan: Plan, submission: Submission, limits: Limits) -> Evidence:
        """Have the submission run, and return what was observed. Dask tries again elsewhere what a dying worker ran."""
        from distributed.scheduler import KilledWorker

        order = Order(plan, submission, limits)
        try:
            frames = pack_order(plan, submission, limits)
        except (OSError, ValueError) as error:
            return self._failed(order, f"the submission's files could not be laid: {error}")
        self._running = self._site.submit(frames, plan)
        try:
            answer = read_answer(self._await(self._running), order)
        except KilledWorker as killed:
            return self._failed(order, f"{killed.allowed_failures + 1} workers ended while they ran it")
        except CancelledError as cancelled:
            raise self._site.lost(f"the cluster let go of a run: {cancelled}") from None
        if isinstance(answer, Refusal):
            raise BoxError(answer.why, mend=answer.mend)
        return answer

    def close(self) -> None:
        """Whatever runs is no longer wanted; its worker ends it."""
        if self._running is not None and not self._running.done():
            self._running.cancel()

    def _await(self, running: Future[Frames]) -> Frames:
        while True:
            try:
                return running.result(timeout=POLL)
            except TimeoutError:
                self._site.check()

    def _failed(self, order: Order, why: str) -> Evidence:
        course = Course(order.plan, order.submission, order.limits, self._site.isolation)
        course.fail(why)
        return course.evidence
