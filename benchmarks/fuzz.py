"""Fuzzes what parses hostile input outside the box: ``make fuzz``, or ``python benchmarks/fuzz.py --seconds 300 frames``.

With atheris (guided by coverage) where it is installed, else with hypothesis and many more examples than the test suite takes.
Each target runs in a process of its own, so that a crash of the interpreter is found as well.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
SEEDS = {
    "frames": [b"\x00\x00\x00\x07\x00\x00\x00\x00[{},[]]"],
    "capture": [b'{"status": "captured", "value": {"type": "scalar", "value": 1.0}}'],
    "notebook": [b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [{"cell_type": "code", "source": "x"}]}'],
    "archive": [b"PK\x05\x06" + bytes(18)],
    "rubric": [(ROOT / "tests" / "attacks" / "rubric.yaml").read_bytes()],
    "document": [b"# Problem 1\n```\ntext\n```\n| a |\n|-|\n"],
    "derivation": [
        rb"$$\frac{\partial L}{\partial W_2} = ",
        rb"(x_3 - t) x_2^T$$",
        b"dW2 = (x3 - t) @ x2.T\n",
        b"so &nabla;W<sub>2</sub> = ",
        b"for $i = j$: ",
        rb"\sum_{i \neq j} \delta_{ij} W_{2,ij}",
        rb"\begin{cases} 1 & z > 0 \\ 0 \end{cases}",
        b"```\n",
        b"_^{}'.*/&\\",
        "∇∂Σ⊙ᵀ₂²".encode(),
    ],
}


def with_atheris(name: str, seconds: int) -> None:
    import tempfile

    import atheris

    with atheris.instrument_imports():
        from tests.hostile_targets import TARGETS
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS[name]):
            (Path(folder) / str(number)).write_bytes(seed)
        atheris.Setup([sys.argv[0], f"-max_total_time={seconds}", "-max_len=4096", "-rss_limit_mb=2048", folder], TARGETS[name])
        atheris.Fuzz()


def with_hypothesis(name: str, seconds: int) -> None:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st

    from tests.hostile_targets import TARGETS

    until = time.monotonic() + seconds
    pieces = st.lists(st.binary(max_size=200) | st.sampled_from(SEEDS[name]), max_size=6).map(b"".join)

    @settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
    @given(pieces)
    def run(data: bytes) -> None:
        if time.monotonic() < until:
            TARGETS[name](data)

    while time.monotonic() < until:
        run()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("targets", nargs="*", default=list(SEEDS))
    parser.add_argument("--seconds", type=int, default=60, help="of each target")
    parser.add_argument("--here", action="store_true", help="run the one target in this process")
    arguments = parser.parse_args()
    if arguments.here:
        has_atheris = importlib.util.find_spec("atheris") is not None
        (with_atheris if has_atheris else with_hypothesis)(arguments.targets[0], arguments.seconds)
        return 0
    failed = []
    for name in arguments.targets:
        command = [sys.executable, __file__, "--here", "--seconds", str(arguments.seconds), name]
        print(f"{name}: {arguments.seconds} s", flush=True)
        if subprocess.run(command, check=False).returncode:
            failed.append(name)
    print(f"failed: {', '.join(failed)}" if failed else "nothing found")
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
