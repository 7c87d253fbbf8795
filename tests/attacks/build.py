"""Makes the class under attack: every attack of the tables as a submission, beside honest ones."""

from __future__ import annotations

import json
import os
import textwrap
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import nbformat
import yaml

from grader.sandbox.inside import syscalls

HERE = Path(__file__).parent
CLASSES = ("reading", "forging", "exhausting", "escaping", "poisoning")
NUMBERS = syscalls.numbers(os.uname().machine, {**syscalls.DENIED, **syscalls.PARTLY}) if os.name == "posix" else {}

PRELUDE = """\
import ctypes
import os
import sys

libc = ctypes.CDLL(None, use_errno=True)


def attempt(what, how):
    try:
        got = how()
    except BaseException as error:
        print("held", what, type(error).__name__, str(error)[:120])
    else:
        print("REACHED", what, repr(got)[:200])


def call(name, *arguments):
    result = libc.syscall(NUMBERS[name], *arguments)
    if result < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    return result
"""
"""The first cell of every attack: `attempt` tells in the record whether something was reached, or a wall held."""
SETUP = 'import matplotlib.pyplot as plt\nimport numpy as np\nimport torch\nfrom torch import nn\nplt.close("all")'
VALUES = """\
x = np.linspace(-1.0, 1.0, 12).reshape(4, 3)
w = np.linalg.solve(x.T @ x + 0.37 * np.eye(3), x.T @ np.array([1.0, -2.0, 0.5, 3.0]))
loss = float(np.log1p(np.exp(-1.37)) + w @ w)"""
FUNCTION = "def normalise(z):\n    e = np.exp(z - np.max(z))\n    return e / e.sum()"
NETWORK = """\
class Net(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 3), nn.ReLU(), nn.Linear(3, 2))"""
SAVING = 'torch.save(Net().state_dict(), "weights.pt")'
FIGURE = """\
fig_loss, axes = plt.subplots()
axes.plot([1.0, 0.5, 0.25])
axes.set_xlabel("epoch")
axes.set_title("loss")"""
WRITTEN = "## Problem 4\nThe curve of the training data falls on while that of the validation data rises: the network overfits."
WRONG = "import numpy as np\nloss = 1.0\nw = np.zeros(3)\ndef normalise(z):\n    return 0 * z"
RIGHT = (SETUP, VALUES, FUNCTION, NETWORK, SAVING, FIGURE)
ANSWERS = {"wrong": (WRONG,), "right": RIGHT, "right-but-function": (SETUP, VALUES, NETWORK, SAVING, FIGURE), "no": ()}
WARNED = "import warnings, sys\nwarnings.warn('a harmless warning')\nprint('harmless', file=sys.stderr)"
LOUD = FUNCTION.replace("    e =", "    warnings.warn('still harmless')\n    print('harmless', file=sys.stderr)\n    e =")


@dataclass(frozen=True)
class Attack:
    """One row of a table: what is tried, and what must come of it."""

    kind: str
    id: str
    tries: str
    code: str = ""
    row: str = ""
    """Its id in the results, where that differs."""
    answers: str = "wrong"
    earned: str = "0"
    """Points, or a range ``low..high``."""
    record: tuple[str, ...] = ()
    """How each cell of the attack ends, alternatives with ``|``; by default all are ok."""
    says: str = ""
    """What the record of the run says."""
    faults: tuple[str, ...] = ()
    """What is said about the files."""
    waits: tuple[str, ...] = ()
    """Checks that a person decides; all others are decided."""
    made: str = ""
    """The function of `made.py` that makes the submission's files."""
    written: str = ""
    file: str = "hw.ipynb"
    files: tuple[tuple[str, str], ...] = ()
    twice: bool = False

    @property
    def name(self) -> str:
        return self.row or self.id

    @property
    def most(self) -> Fraction:
        return Fraction(self.earned.rpartition("..")[2])

    @property
    def least(self) -> Fraction:
        return Fraction(self.earned.partition("..")[0])

    @property
    def cells(self) -> list[str]:
        return [textwrap.dedent(cell).strip() for cell in self.code.split("# %%")] if self.code else []


def attacks() -> list[Attack]:
    """Every attack of every table."""
    found = []
    for kind in CLASSES:
        for raw in yaml.safe_load((HERE / f"{kind}.yaml").read_text(encoding="utf-8")):
            more: dict[str, Any] = {**raw, "files": tuple(raw.get("files", {}).items()), "earned": str(raw.get("earned", 0))}
            more |= {name: tuple(raw.get(name, ())) for name in ("record", "faults", "waits")}
            found.append(Attack(kind=kind, **more))
            if raw.get("twice"):
                found.append(Attack(kind=kind, **{**more, "id": f"{raw['id']}-again"}))
    return found


def notebook(cells: list[str], written: str = WRITTEN) -> nbformat.NotebookNode:
    made = [nbformat.v4.new_code_cell(cell, id=f"c{i}") for i, cell in enumerate(cells)]
    if written:
        made.insert(len(made), nbformat.v4.new_markdown_cell(written, id="written"))
    return nbformat.v4.new_notebook(cells=made)


def prelude() -> str:
    return PRELUDE.replace("NUMBERS", repr(NUMBERS))


def write_class(folder: Path, places: dict[str, str], made: dict[str, Callable[[Path], None]]) -> None:
    """All attacks below the folder, with the places filled in; and the honest submissions."""
    write_honest(folder, places["token"])
    for attack in attacks():
        own = folder / attack.id
        if attack.made:
            made[attack.made](own)
            continue
        own.mkdir(parents=True)
        written = attack.written or (WRITTEN if attack.answers.startswith("right") else "")
        text = nbformat.writes(notebook([prelude(), *attack.cells, *ANSWERS[attack.answers]], written))
        for name, place in places.items():
            text = text.replace(f"@{name}@", place)
        (own / attack.file.replace("@poison@", places["poison"])).write_text(text, encoding="utf-8")
        for name, content in attack.files:
            (own / name).write_text(content, encoding="utf-8")


def write_honest(folder: Path, token: str) -> None:
    """Submissions that earn everything, half, and everything in spite of warnings; each holds the secret."""
    secret = f"secret = '{token}'"
    for name, cells, written in (
        ("honest-right", [secret, *RIGHT], WRITTEN),
        ("honest-half", [secret, SETUP, VALUES, "def normalise(z):\n    return z / z.sum()", NETWORK], WRITTEN),
        ("honest-warnings", [secret, WARNED, SETUP, VALUES, LOUD, NETWORK, SAVING, FIGURE], WRITTEN),
    ):
        (folder / name).mkdir(parents=True)
        text = nbformat.writes(notebook(cells, written))
        (folder / name / "hw.ipynb").write_text(text, encoding="utf-8")
    (folder / "honest-module").mkdir()
    (folder / "honest-module" / "hw.py").write_text("\n\n".join([secret, SETUP, VALUES, FUNCTION]), encoding="utf-8")


HONEST = {"honest-right": "10", "honest-half": "6", "honest-warnings": "10", "honest-module": "6"}
"""The points of the honest submissions."""


def rows() -> Iterator[tuple[str, str]]:
    """Class and id of everybody in the results."""
    yield from (("honest", name) for name in HONEST)
    yield from ((attack.kind, attack.name) for attack in attacks())


def pack(target: Path, files: dict[str, bytes]) -> None:
    """A zip of these files in the place of the folder."""
    with zipfile.ZipFile(target.with_name(target.name + ".zip"), "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)


def right_notebook() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(nbformat.writes(notebook(list(RIGHT))))
    return content
