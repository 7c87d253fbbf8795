"""Finding out, by running a small notebook in a fork, which modules submissions will need; then importing them once for all."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import sys
import tempfile

from . import session

OPTIMIZER = """
import torch
w = torch.ones(2, requires_grad=True)
w.sum().backward()
torch.optim.Adam([w]).step()
"""
"""The first optimizer of a process loads torch's compiler, which takes about a second. Without torch the cell just fails."""
CELLS = (
    "import numpy as np\nimport matplotlib.pyplot as plt",
    "plt.plot(np.random.default_rng(0).random(3))\nplt.title('$x^2$')\nplt.show()",
    "1 / 0",
    "!true",
    "np.zeros(3)",
    OPTIMIZER,
)
PROBES = ({"probe": "look", "names": ["np.pi"], "part": ""}, {"probe": "prints", "headings": []})
LIMITS = {"output": 1000, "capture": 1e6}


def warm_by_rehearsal() -> None:
    """Import into this process what the rehearsal imported in its own; nothing else of it remains."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(source)
            names = _rehearse()
            with os.fdopen(sink, "w", encoding="utf-8") as stream:
                json.dump(names, stream)
        finally:
            os._exit(0)
    os.close(sink)
    with os.fdopen(source, encoding="utf-8") as stream:
        text = stream.read()
    os.waitpid(child, 0)
    for name in json.loads(text or "[]"):
        with contextlib.suppress(Exception):  # a module that only its package can import comes along with that
            importlib.import_module(name)


def _rehearse() -> list[str]:
    before = set(sys.modules)
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        cells = [{"index": i, "kind": "code", "source": source, "headings": []} for i, source in enumerate(CELLS)]
        part = {"path": "rehearsal.ipynb", "kind": "notebook", "cells": cells}
        played = session.Session(part, LIMITS, 0, lambda _header, _blobs: None)
        for index in range(len(CELLS)):
            played.run_cell(index)
        for probe in PROBES:
            played.answer(probe, {})
        os.chdir("/")
    return [name for name in sys.modules if name not in before and name != "__main__"]
