"""What each wall costs: the time of a submission beyond its own code, with all walls on, and with each one left out.

Run with ``python benchmarks/walls.py``. All variants and nbclient run the same notebooks in turn in this one command, so that a
busy machine slows all of them. The result is written to ``benchmarks/walls.json`` and into ``docs/box.md``.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.overhead import in_the_box, plan, with_nbclient, write_notebooks  # noqa: E402
from grader.intake.submissions import Source  # noqa: E402
from grader.model.rubric import Limits  # noqa: E402
from grader.sandbox import bubblewrap, zygote  # noqa: E402
from grader.sandbox.activity import activity_of  # noqa: E402
from grader.sandbox.groups import Bounds, Group  # noqa: E402
from grader.sandbox.local import LocalSandbox  # noqa: E402
from grader.sandbox.tree import Watcher  # noqa: E402

PAGE = ROOT / "docs" / "box.md"
BEGIN, END = "<!-- costs: python benchmarks/walls.py -->", "<!-- end of costs -->"
LEFT_OUT = {
    "seccomp": "from grader_box import seccomp; seccomp.install = lambda **_: None",
    "landlock": "from grader_box import kernel; kernel.landlock = lambda *a: None",
    "proc covered": "from grader_box import room; room.COVERED = ()",
    "nesting": "from grader_box import confine; confine.refuse_namespaces = lambda: None",
    "network": "from grader_box import confine; confine.NAMESPACES['network'] = 0",
    "ipc": "from grader_box import confine; confine.NAMESPACES.update(ipc=0)",
    "capabilities": "from grader_box import kernel; kernel.drop_capabilities = lambda: None",
    "rlimits": "from grader_box import confine; confine.set_limits = lambda limits: None",
}
"""Wall to what is run in the warm process so that it is not put up; only this benchmark can do so."""


class NoGroup:
    """No group at all."""

    means = "none"

    def add(self, pid: int) -> None:
        """Nothing is counted."""

    def ended(self) -> int:
        return 0

    def close(self) -> int:
        return 0


def others() -> list[str]:
    """The walls that the host puts up; bubblewrap where it is installed and works."""
    return ["memory"] if bubblewrap.try_out() else ["memory", "bubblewrap"]


def boot_with(code: str) -> str:
    return zygote.BOOT.replace("{module}.{call}", f"{code}\n{{module}}.{{call}}")


@contextmanager
def variant(name: str, source: Source) -> Iterator[LocalSandbox]:
    """A warm box without this wall ("" is with all)."""
    made: dict[str, Callable[[Bounds], Group]] = {
        "memory": lambda _: NoGroup(),
        "memory by watcher": lambda bounds: Watcher(bounds.memory),
    }
    with ExitStack() as stack:
        if name in LEFT_OUT:
            stack.enter_context(patch.object(zygote, "BOOT", boot_with(LEFT_OUT[name])))
        sandbox = LocalSandbox("strict", outer=name != "bubblewrap")
        in_the_box(sandbox, source, plan(), Limits())  # the warm process starts here
    if name in made:
        assert sandbox._boxes is not None
        sandbox._boxes.join = _joining(made[name])
    for _ in range(2):  # the box that stands ready now was begun as before
        in_the_box(sandbox, source, plan(), Limits())
    yield sandbox
    sandbox.close()


def _joining(make: Callable[[Bounds], Group]) -> Callable[[Bounds, int], Group]:
    def join(bounds: Bounds, pid: int) -> Group:
        group = make(bounds)
        group.add(pid)
        return group

    return join


def processor(sandbox: LocalSandbox) -> float:
    """Processor seconds that the warm process and all its boxes have used."""
    assert sandbox._boxes is not None
    activity = activity_of(sandbox._boxes.zygote._process.pid)
    return activity.processor if activity else 0.0


def measure(copies: int) -> dict[str, dict[str, float]]:
    """Added seconds of every copy: all walls, each left out, and nbclient's whole time; and the processor's per copy."""
    names = ["", *LEFT_OUT, *others(), "memory by watcher"]
    added: dict[str, list[float]] = {name: [] for name in names}
    whole: list[float] = []
    peer: list[float] = []
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        sources = write_notebooks(Path(folder), copies)
        boxes = {name: stack.enter_context(variant(name, sources[0])) for name in names}
        used = {name: processor(box) for name, box in boxes.items()}
        for number, source in enumerate(sources):
            for name, box in boxes.items():
                cost = in_the_box(box, source, plan(), Limits())
                added[name].append(cost.added)
                if not name:
                    whole.append(cost.whole)
            if number % 6 == 0:
                peer.append(with_nbclient(source))
        used = {name: (processor(box) - used[name]) / copies for name, box in boxes.items()}
    found = {name or "all walls": {**_figures(values), "processor": used[name]} for name, values in added.items()}
    return {**found, "whole": _figures(whole), "nbclient": _figures(peer), "copies": {"median": copies, "worst": copies}}


def _figures(values: list[float]) -> dict[str, float]:
    return {"median": statistics.median(values), "worst": max(values)}


def table(result: dict[str, dict[str, float]]) -> str:
    everything, watcher = result["all walls"], result["memory by watcher"]
    rows = ["| | added a submission, median | worst | processor | the wall's own |", "|---|---:|---:|---:|---:|"]
    rows.append(f"| all walls | {_row(everything)} | |")
    for name in (*LEFT_OUT, *(name for name in ("memory", "bubblewrap") if name in result)):
        own = everything["processor"] - result[name]["processor"]
        rows.append(f"| without {name} | {_row(result[name])} | {_ms(own)} |")
    rows.append(f"| memory by a watcher, not a control group | {_row(watcher)} | |")
    whole, peer = result["whole"], result["nbclient"]
    rows += [
        "",
        f"{result['copies']['median']:.0f} copies of the small notebook of `benchmarks/overhead.py`, in turn.",
        f"The whole submission took {whole['median']:.2f} s at the median ({whole['worst']:.2f} s at worst) with all walls,",
        f"a plain nbclient run of the same notebook {peer['median']:.2f} s ({peer['worst']:.2f} s).",
        "Added is the time from handing a submission over to having its evidence, without its own code's. Most walls are put up",
        "while the submission before is observed; what each costs is therefore told by the processor's time, of all processes",
        "and of the notebook's own code together. The machine is shared: a wall's own cost within 3 ms of zero is none.",
    ]
    return "\n".join(rows)


def _row(figures: dict[str, float]) -> str:
    return " | ".join(map(_ms, (figures["median"], figures["worst"], figures["processor"])))


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.1f} ms"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=60)
    result = measure(parser.parse_args().copies)
    (ROOT / "benchmarks" / "walls.json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    text = PAGE.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page = table(result)
    PAGE.write_text(f"{before}{BEGIN}\n\n{page}\n\n{END}{after}", encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main()
