"""A whole class as one command, beside executing its notebooks with `jupyter execute` (nbclient), in turn, several times.

``python benchmarks/whole_class.py`` writes ``benchmarks/whole_class.md``. Both commands are started fresh each time.
`grader grade` also observes, asks the reference, judges and writes every page; `jupyter execute` only runs the cells.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from overhead import CELLS, write_notebooks

HERE = Path(__file__).parent

RUBRIC = """\
assignment: bench
title: A small homework
reference: reference
points: 5
questions:
  - id: "1"
    title: Least squares
    points: 1
    answer: {variables: {w: w}}
    checks: [{id: w, kind: array, of: w, points: 1}]
  - id: "2"
    title: Softmax
    points: 1
    answer: {functions: {softmax: softmax}}
    checks: [{id: softmax, kind: call, of: softmax, points: 1, arguments: [{normal: [6]}], cases: 5}]
  - id: "3"
    title: Network
    points: 3
    answer: {variables: {net: net, count: count, loss: loss}}
    checks:
      - {id: net, kind: network, of: net, points: 1, input: [2, 4]}
      - {id: count, kind: number, of: count, points: 1, integer: true}
      - {id: loss, kind: number, of: loss, points: 1, rtol: 0.5}
"""


def lay_out(folder: Path, copies: int) -> None:
    (folder / "rubric.yaml").write_text(RUBRIC, encoding="utf-8")
    (folder / "reference").mkdir()
    (folder / "reference" / "solution.py").write_text("\n".join(CELLS) + "\n", encoding="utf-8")
    write_notebooks(folder / "class", copies)


def timed(command: list[str], cwd: Path) -> float:
    start = time.perf_counter()
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return time.perf_counter() - start


def grade(folder: Path, jobs: int) -> float:
    out = folder / "out"
    shutil.rmtree(out, ignore_errors=True)
    grader = [sys.executable, "-c", "from grader.cli import main; main()"]
    return timed([*grader, "grade", "rubric.yaml", "class", "-o", str(out), "--jobs", str(jobs), "--json"], folder)


def execute(folder: Path) -> float:
    notebooks = sorted(str(p.relative_to(folder)) for p in (folder / "class").glob("*/*.ipynb"))
    return timed([sys.executable, "-m", "jupyter", "execute", *notebooks], folder)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--copies", type=int, default=12)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    seconds: dict[str, list[float]] = {"grade, 1 job": [], "grade, 2 jobs": [], "jupyter execute": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        lay_out(folder, arguments.copies)
        for _ in range(arguments.rounds):
            seconds["grade, 1 job"].append(grade(folder, 1))
            seconds["grade, 2 jobs"].append(grade(folder, 2))
            seconds["jupyter execute"].append(execute(folder))
        results = json.loads((folder / "out" / "results.json").read_text(encoding="utf-8"))
    if {s["earned"] for s in results["submissions"]} != {5.0}:
        raise SystemExit("a copy did not get full marks; the times mean nothing")
    page = table(seconds, arguments.copies)
    (HERE / "whole_class.md").write_text(page, encoding="utf-8")
    print(page)


def table(seconds: dict[str, list[float]], copies: int) -> str:
    peer = seconds["jupyter execute"]
    rows = [
        "# A whole class",
        "",
        f"{copies} notebooks of a small homework (numpy and torch imported, no training), as one command each, in turn,",
        f"{len(peer)} rounds on {os.cpu_count()} processors. `python benchmarks/whole_class.py` makes this page.",
        "",
        "| command | seconds, median | a notebook | jupyter execute / command, median of rounds |",
        "|---|---:|---:|---:|",
    ]
    for name, found in seconds.items():
        ratio = statistics.median(p / f for p, f in zip(peer, found, strict=True))
        median = statistics.median(found)
        rows.append(f"| {name} | {median:.1f} | {median / copies:.2f} | {ratio:.1f} |")
    return "\n".join([*rows, ""])


if __name__ == "__main__":
    main()
