"""Probes answered after the run."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from grader.sandbox.inside.sources import without_magics
from grader.sandbox.inside.streams import Muted
from tests.sandbox.inside.playing import Play, array, look


def call(name: str, *cases: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"probe": "call", "names": [name], "cases": list(cases), **more}


def number(value: Any) -> dict[str, Any]:
    return {"type": "scalar", "value": value}


def test_a_look_says_where_it_found_what(play: Play) -> None:
    ran = play("W = 0", "for W in range(3): pass", "b = W", probes=[look("w")])
    assert (ran.capture.place.name, ran.capture.place.cell, ran.capture.place.part) == ("W", 1, "work.ipynb")
    assert ran.value.value == 2


def test_a_missing_name_says_what_was_near(play: Play) -> None:
    capture = play("weights = 1", probes=[look("weigths", "wts")]).capture
    assert (capture.status, capture.looked_for, capture.nearest[0]) == ("missing", ("weigths", "wts"), "weights")


def test_a_name_of_another_part_is_missing(play: Play) -> None:
    assert play("x = 1", probes=[{**look("x"), "part": "other.py"}]).capture.status == "missing"


def test_what_a_students_property_raises_is_raised(play: Play) -> None:
    capture = play("class A:\n    @property\n    def x(self): return 1 / 0\na = A()", probes=[look("a.x")]).capture
    assert capture.status == "raised"
    assert capture.error is not None
    assert (capture.error.kind, capture.error.frames[-1].line) == ("ZeroDivisionError", 3)


def test_the_interpreters_own_names_are_not_the_students(play: Play) -> None:
    assert play("x = 1", probes=[look("get_ipythn")]).capture.nearest == ()


def test_a_function_is_called_case_by_case_and_each_outcome_kept(play: Play) -> None:
    cases = [{"args": [number(4)]}, {"args": [number(0)]}, {"kwargs": {"x": number(8)}}]
    value = play("def half(x):\n    return 2 / x", probes=[call("half", *cases)]).value
    assert [each.value.value if each.value else each.error.kind for each in value.outcomes] == [0.5, "ZeroDivisionError", 0.25]
    assert value.outcomes[1].error.frames[-1].code == "return 2 / x"


@pytest.mark.parametrize("as_torch", [False, True])
def test_arrays_are_handed_over_as_asked_and_changes_in_place_are_told(play: Play, as_torch: bool) -> None:
    case = {"args": [array("a"), array("a")], "as_torch": as_torch}
    code = "def f(x, y):\n    x += 1\n    return (type(x).__name__, x * y)"
    value = play(code, probes=[call("f", case)], blobs={"a": np.ones(3, dtype=np.float32)}).value
    kind, product = value.outcomes[0].value.items
    assert kind.text == ("Tensor" if as_torch else "ndarray")
    assert (product.data.tolist(), product.dtype) == ([2, 2, 2], "float32")
    assert value.outcomes[0].mutated == ("x",)


def test_narrow_types_and_gradients_are_handed_over(play: Play) -> None:
    case = {"args": [array("a", "bfloat16", requires_grad=True)], "as_torch": True}
    code = "def f(x):\n    return str(x.dtype), x.requires_grad"
    value = play(code, probes=[call("f", case)], blobs={"a": np.ones(3, dtype=np.float32)}).value
    dtype, requires_grad = value.outcomes[0].value.items
    assert (dtype.text, requires_grad.value) == ("torch.bfloat16", True)


def test_each_case_starts_from_the_seed(play: Play) -> None:
    code = "import numpy as np, random, torch\ndef f():\n    return [np.random.rand(), random.random(), torch.rand(1).item()]"
    first, second = play(code, probes=[call("f", {}, {}, seed=3)]).value.outcomes
    assert first == second


@pytest.mark.parametrize("code", ["import sys\ndef f(): sys.exit(2)", "def f(): raise KeyboardInterrupt", "def f(): input()"])
def test_whatever_a_call_raises_is_an_outcome_or_a_raised_capture(play: Play, code: str) -> None:
    ran = play(code, probes=[call("f", {}), look("f")])
    assert ran.captures[0].status in ("captured", "raised")
    assert ran.captures[1].status == "captured"


def test_what_a_call_prints_is_in_nobodys_way(play: Play) -> None:
    code = "import os\ndef f():\n    print('x' * 10**6)\n    os.system('yes | head -100000')\n    return 1"
    assert play(code, probes=[call("f", {})]).value.outcomes[0].value.value == 1


def test_what_a_live_session_prints_comes_out_again_after_a_probe(capfd: pytest.CaptureFixture[str]) -> None:
    with Muted():
        print("unseen")
        os.write(1, b"unseen as well")
        with Muted():
            print("nor this", file=sys.stderr)
        print("nor that")
    print("seen")
    assert capfd.readouterr() == ("seen\n", "")


def test_a_name_that_is_no_function_is_said_so(play: Play) -> None:
    capture = play("f = 3", probes=[call("f", {})]).capture
    assert capture.error is not None
    assert (capture.status, capture.error.message) == ("raised", "f is not a function: its type is int")


def test_coroutines_are_said_so(play: Play) -> None:
    value = play("async def f(): return 1", probes=[call("f", {})]).value
    assert "async" in value.outcomes[0].error.message


def test_a_network_of_a_notebook_is_traced(play: Play) -> None:
    code = "from torch import nn\nclass Net(nn.Module):\n    def __init__(self, n):\n"
    code += "        super().__init__()\n        self.fc = nn.Linear(n, 2)\n"
    code += "    def forward(self, x):\n        return self.fc(x).relu()\nnet = Net(3)"
    probe = {"probe": "trace", "names": ["Net"], "build": {"args": [number(3)]}, "inputs": [array("x")]}
    traced, seen = play(code, probes=[probe, look("net")], blobs={"x": np.ones((4, 3), dtype=np.float32)}).captures
    assert traced.value is not None
    assert (traced.value.layers[0].macs, traced.value.operations[0].name, traced.value.python) == (24, "relu", "Net")  # type: ignore[union-attr]
    assert seen.value is not None
    assert (seen.value.layers[0].calls, seen.value.state["fc.bias"].shape) == (0, (2,))  # type: ignore[union-attr]


def test_a_constructor_that_raises_and_a_name_that_builds_nothing(play: Play) -> None:
    probes = [{"probe": "trace", "names": [name], "inputs": []} for name in ("Bad", "number", "absent")]
    ran = play("def Bad():\n    raise ValueError('no')\nnumber = 3", probes=probes)
    assert [capture.status for capture in ran.captures] == ["raised", "raised", "missing"]


def test_sources_of_cells_functions_and_classes(play: Play) -> None:
    first = "%matplotlib inline\nx = 1\ndef f(a):\n    # why\n    return a"
    second = "class Net:\n    size = 2\n\n    def go(self):\n        return 1\n\ny = 2"
    names = [{"probe": "source", "names": [name]} for name in ("f", "Net", "x")]
    whole, function, cls, plain = play(first, second, probes=[{"probe": "source"}, *names]).captures
    assert whole.value.texts == {"work.ipynb#0": first.replace("%mat", "# %mat"), "work.ipynb#1": second}  # type: ignore[union-attr]
    assert function.value.texts == {"f": "def f(a):\n    # why\n    return a\n"}  # type: ignore[union-attr]
    assert cls.value.texts["Net"].startswith("class Net:\n    size = 2")  # type: ignore[union-attr]
    assert "y = 2" not in cls.value.texts["Net"]  # type: ignore[union-attr]
    assert plain.status == "missing"


def test_a_redefined_class_gives_its_last_source(play: Play) -> None:
    cells = [f"class Net:\n    def go(self):\n        return {n}" for n in (1, 2)]
    value = play(*cells, probes=[{"probe": "source", "names": ["Net"]}]).value
    assert "return 2" in value.texts["Net"]


def test_a_class_without_methods_has_the_source_of_its_cell(play: Play) -> None:
    cells = (
        "class Net:\n    size = 1",
        "%matplotlib inline\nclass Net:\n    ...  # your code here\n\ny = 2",
        "print('class Net:')",
    )
    value = play(*cells, probes=[{"probe": "source", "names": ["Net"]}]).value
    assert value.texts == {"Net": "class Net:\n    ..."}


@pytest.mark.parametrize(
    ("source", "plain"),
    [
        ("%time x = 1\ny = 2", "# %time x = 1\ny = 2"),
        ("if a:\n    !ls\nb = 1", "if a:\n    pass  # !ls\nb = 1"),
        ("files = !ls", "files = None  # !ls"),
        ("%%bash\nls", "# %%bash\n# ls"),
        ("%%time\nx = 1", "# %%time\nx = 1"),
        ("x = y % 2\nz = '%d' % 3", "x = y % 2\nz = '%d' % 3"),
        ("print?", "# print?"),
    ],
)
def test_magics_become_comments_and_lines_stay(source: str, plain: str) -> None:
    assert without_magics(source) == plain
    assert source.count("\n") == plain.count("\n")


def test_prints_come_by_cell_and_under_headings(play: Play) -> None:
    cells = [("print('a')", ("Problem 1",)), ("x = 1", ("Problem 2",)), ("print('b')", ("Problem 2",))]
    probes = [{"probe": "prints"}, {"probe": "prints", "headings": ["Q2"]}, {"probe": "prints", "headings": ["Q7"]}]
    everything, second, none = (capture.value for capture in play(*cells, probes=probes).captures)
    assert [(each.cell, each.text) for each in everything.printed] == [(0, "a\n"), (2, "b\n")]  # type: ignore[union-attr]
    assert [each.text for each in second.printed] == ["b\n"]  # type: ignore[union-attr]
    assert none == everything


def test_shown_values_are_read_as_printed_but_not_what_plotting_returns(play: Play) -> None:
    cells = ["40 + 2", "display('a')", "import matplotlib.pyplot as plt\nplt.plot([1])", "plt.title('x')"]
    value = play(*cells, probes=[{"probe": "prints"}]).value
    assert [(each.cell, each.text) for each in value.printed] == [(0, "42\n"), (1, "'a'\n")]


def saved(how: str, *names: str) -> dict[str, Any]:
    return {"probe": "saved_file", "names": list(names), "load": how}


def test_saved_files_are_found_and_loaded(play: Play) -> None:
    code = "import torch, numpy as np, os\nos.makedirs('out')\ntorch.save({'fc.weight': torch.ones(2)}, 'out/net.pth')\n"
    code += "np.savez('a.npz', x=np.arange(3))\nnp.save('b.npy', np.ones(2))\nopen('c.txt', 'w').write('hello')"
    probes = [saved("torch", "*.pt", "*.pth"), saved("numpy", "a.npz"), saved("numpy", "b.npy"), saved("bytes", "c.*")]
    weights, npz, single, text = play(code, probes=probes).captures
    assert weights.place.name == "out/net.pth"
    assert weights.value.entries[0].value.data.tolist() == [1, 1]  # type: ignore[union-attr]
    assert npz.value.entries[0].key.text == "x"  # type: ignore[union-attr]
    assert single.value.data.tolist() == [1, 1]  # type: ignore[union-attr]
    assert (text.value.data.tobytes(), text.value.size) == (b"hello", 5)  # type: ignore[union-attr]


def test_pickled_code_in_a_saved_file_does_not_run(play: Play, tmp_path: Path) -> None:
    code = "import torch, os, pickle\nclass Bomb:\n    def __reduce__(self):\n        return (os.mkdir, ('boom',))\n"
    code += "torch.save(Bomb(), 'net.pth')\npickle.dump(Bomb(), open('x.npy', 'wb'))"
    ran = play(code, probes=[saved("torch", "net.pth"), saved("numpy", "x.npy")])
    assert [capture.status for capture in ran.captures] == ["raised", "raised"]
    assert not (tmp_path / "boom").exists()


def test_files_outside_the_work_folder_are_not_found(play: Play, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside.txt"
    outside.write_text("secret")
    os.symlink(outside, tmp_path / "link.txt")
    probes = [saved("bytes", name) for name in (str(outside), f"../{outside.name}", "link.txt", "*.txt")]
    assert [capture.status for capture in play("x = 1", probes=probes).captures] == ["missing"] * 4


def test_a_file_of_the_same_kind_is_offered_when_the_name_differs(play: Play) -> None:
    capture = play("open('network.pt', 'w').close()\nopen('a.txt', 'w').close()", probes=[saved("torch", "model.pt")]).capture
    assert capture.nearest == ("network.pt",)


def test_an_unknown_probe_is_an_error_and_not_a_crash(play: Play) -> None:
    assert play("x = 1", probes=[{"probe": "divine"}]).capture.status == "raised"
