"""How cells and modules run."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import nbformat
import pytest

from tests.sandbox.inside.playing import Play, look


def outputs(cell: Any) -> list[dict[str, Any]]:
    return list(json.loads(cell.outputs))


def test_prints_results_and_errors_are_recorded_in_order(play: Play) -> None:
    ran = play("print('one')\nimport sys\nprint('two', file=sys.stderr)\n40 + 2", "x = 1\n1 / 0")
    first, second = ran.cells
    assert (first.status, first.stdout, first.stderr) == ("ok", "one\n", "two\n")
    assert [each["output_type"] for each in outputs(first)] == ["stream", "stream", "execute_result"]
    assert outputs(first)[2]["data"] == {"text/plain": "42"}
    assert second.status == "raised"
    assert second.error is not None
    assert (second.error.kind, second.error.message) == ("ZeroDivisionError", "division by zero")
    assert "----> 2 1 / 0" in "\n".join(outputs(second)[0]["traceback"])
    frame = second.error.frames[0]
    assert (frame.file, frame.line, frame.code, frame.cell) == ("work.ipynb", 2, "1 / 0", 1)
    assert outputs(second)[0]["output_type"] == "error"


def test_a_cell_that_raises_keeps_what_it_defined_and_the_next_still_runs(play: Play) -> None:
    ran = play("x = 1\n1 / 0", "y = x + 1", probes=[look("y")])
    assert ran.cells[1].status == "ok"
    assert ran.value.value == 2


def test_frames_of_libraries_are_left_out_and_of_earlier_cells_kept(play: Play) -> None:
    ran = play("import json\ndef read(text):\n    return json.loads(text)", "read('{')")
    error = ran.cells[1].error
    assert error is not None
    assert [(frame.cell, frame.line, frame.function) for frame in error.frames] == [(1, 1, ""), (0, 3, "read")]


def test_a_deep_recursion_keeps_both_ends(play: Play) -> None:
    error = play("def f(n):\n    return f(n + 1)\nf(0)").cells[0].error
    assert error is not None
    assert error.kind == "RecursionError"
    assert 2 < len(error.frames) <= 20


def test_a_syntax_error_has_its_line(play: Play) -> None:
    error = play("x = 1\ndef (").cells[0].error
    assert error is not None
    assert (error.kind, error.frames[0].line, error.frames[0].code) == ("SyntaxError", 2, "def (")


@pytest.mark.parametrize("code", ["exit()", "quit()", "import sys; sys.exit(3)", "raise SystemExit"])
def test_an_exit_is_an_error_of_the_cell_and_the_next_one_runs(play: Play, code: str) -> None:
    ran = play(code, "x = 1")
    assert [cell.status for cell in ran.cells] == ["raised", "ok"]
    assert ran.cells[0].error is not None
    assert ran.cells[0].error.kind == "SystemExit"


def test_input_raises_at_once(play: Play) -> None:
    ran = play("input('name? ')", "import getpass; getpass.getpass()")
    assert [cell.error.kind for cell in ran.cells if cell.error] == ["StdinNotImplementedError"] * 2


def test_a_missing_module_is_named(play: Play) -> None:
    error = play("import no_such_library.part").cells[0].error
    assert error is not None
    assert error.missing_module == "no_such_library"


def test_a_hundred_megabytes_are_counted_not_kept(play: Play) -> None:
    cell = play("for _ in range(100): print('x' * 1_000_000)", output=1000).cells[0]
    assert (len(cell.stdout), cell.cut) == (1000, 100 * 1_000_001 - 1000)


def test_what_a_program_writes_is_counted_not_kept(play: Play) -> None:
    cell = play("!yes | head -c 3000000", output=1000).cells[0]
    assert (len(cell.stdout), cell.cut) == (1000, 3_000_000 - 1000)


def test_the_outputs_are_those_of_a_notebook(play: Play) -> None:
    code = "import sys\nfrom IPython.display import HTML, display\nprint(1)\ndisplay(HTML('x'))\nsys.stderr.write('y')\n"
    ran = play(code + "import matplotlib.pyplot as plt\nplt.plot([1])", "1 / 0")
    cells = [nbformat.v4.new_code_cell("", outputs=[nbformat.from_dict(each) for each in outputs(cell)]) for cell in ran.cells]
    assert len(cells[0].outputs) == 5
    nbformat.validate(nbformat.v4.new_notebook(cells=cells))


def test_all_cells_together_keep_four_times_one_cells_text(play: Play) -> None:
    ran = play(*["print('x' * 1000)"] * 6, output=100)
    assert [len(cell.stdout) for cell in ran.cells] == [100, 100, 100, 100, 0, 0]


def test_subprocesses_and_python_write_in_order(play: Play) -> None:
    code = "import os, subprocess\nprint('a')\n!echo b\nprint('c')\nos.system('echo d >&2')\n"
    code += "subprocess.run(['echo', 'e'])\nprint('f')"
    cell = play(code).cells[0]
    assert (cell.stdout, cell.stderr) == ("a\nb\nc\ne\nf\n", "d\n")


def test_writes_below_python_keep_their_place_among_prints(play: Play) -> None:
    cell = play("import os\nfor _ in range(200):\n    os.write(1, b'a')\n    print('b', end='')").cells[0]
    assert cell.stdout == "ab" * 200


def test_a_child_left_running_holds_nothing_up(play: Play) -> None:
    start = time.perf_counter()
    ran = play("import subprocess\nchild = subprocess.Popen(['sleep', '20'])", "child.kill()\nprint('done')")
    assert ran.cells[1].stdout == "done\n"
    assert time.perf_counter() - start < 10


def test_a_forked_childs_prints_are_kept(play: Play) -> None:
    code = "import os\npid = os.fork()\nif pid == 0:\n    print('child')\n    os._exit(0)\nos.waitpid(pid, 0)\nprint('parent')"
    assert play(code).cells[0].stdout == "child\nparent\n"


def test_a_logging_handler_of_an_earlier_cell_writes_to_the_cell_that_runs(play: Play) -> None:
    first = "import logging, sys\nlog = logging.getLogger('x')\nlog.addHandler(logging.StreamHandler(sys.stdout))"
    ran = play(first, "log.error('late')")
    assert ran.cells[1].stdout == "late\n"


def test_magics_work_and_installing_is_harmless(play: Play) -> None:
    ran = play(
        "%matplotlib inline\n%config InlineBackend.figure_format = 'retina'",
        "%timeit -n 1 -r 1 sum(range(10))\n%time y = 3",
        "%%time\nz = 4",
        "!pip install torch\n%pip install numpy",
        "listing = !echo a; echo b",
        "%%capture caught\nprint('hidden')",
        probes=[look("y"), look("z"), look("listing")],
    )
    assert [cell.status for cell in ran.cells] == ["ok"] * 6
    assert "Nothing is installed" in ran.cells[3].stdout
    assert "per loop" in ran.cells[1].stdout
    y, z, listing = (capture.value for capture in ran.captures)
    assert (y.value, z.value, [item.text for item in listing.items]) == (3, 4, ["a", "b"])  # type: ignore[union-attr]
    assert ran.cells[5].stdout == ""


def test_displays_are_kept_with_their_kinds_and_updated_in_place(play: Play) -> None:
    code = "from IPython.display import HTML, display\ndisplay(HTML('<b>x</b>'))\n"
    code += "h = display('a', display_id=True)\nh.update('b')"
    shown = outputs(play(code).cells[0])
    assert shown[0]["data"]["text/html"] == "<b>x</b>"
    assert shown[1]["data"] == {"text/plain": "'b'"}


def test_a_display_that_is_too_large_is_left_out(play: Play) -> None:
    cell = play("from IPython.display import HTML, display\ndisplay(HTML('x' * 1_000_000))", output=1000).cells[0]
    assert len(cell.outputs) < 1000


def test_clear_output_empties_what_is_shown_but_not_the_record(play: Play) -> None:
    cell = play("from IPython.display import clear_output\nprint('a')\nclear_output()\nprint('b')").cells[0]
    assert cell.stdout == "a\nb\n"
    assert [each["text"] for each in outputs(cell)] == ["b\n"]


def test_tqdm_bars_and_warnings_are_harmless(play: Play) -> None:
    ran = play("from tqdm import tqdm\nimport warnings\nfor _ in tqdm(range(3)): pass\nwarnings.warn('careful')\nx = 1")
    assert ran.cells[0].status == "ok"
    assert "careful" in ran.cells[0].stderr
    assert "3/3" in ran.cells[0].stderr


def test_the_notebook_bar_of_tqdm_needs_no_widgets(play: Play) -> None:
    code = "from tqdm.notebook import tqdm, trange\nimport threading\nfor _ in tqdm(range(2)): pass\nfor _ in trange(4): pass\n"
    ran = play(code + "running = threading.active_count()", "running = threading.active_count()", probes=[look("running")])
    assert [cell.status for cell in ran.cells] == ["ok", "ok"]
    assert "4/4" in ran.cells[0].stderr
    assert ran.value.value == 2  # the cell's own and the one that empties its streams


def test_a_notebook_imports_from_its_folder_and_from_where_it_went(play: Play, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("value = 7")
    (tmp_path / "below").mkdir()
    ran = play("%cd below", "%%writefile written.py\nvalue = 8", "import helper, written", probes=[look("written.value")])
    assert [cell.status for cell in ran.cells] == ["ok"] * 3
    assert ran.value.value == 8


def test_generators_start_from_the_same_seed(play: Play) -> None:
    code = "import random, numpy, torch\nx = [random.random(), numpy.random.rand(), torch.rand(1).item()]"
    values = [[item.value for item in play(code, probes=[look("x")]).value.items] for _ in range(2)]
    assert values[0] == values[1]


def test_top_level_await_works(play: Play) -> None:
    assert play("import asyncio\nasync def f():\n    return 3\nx = await f()", probes=[look("x")]).value.value == 3


def test_an_interrupt_ends_the_cell_as_raised(play: Play) -> None:
    ran = play(
        "import signal\n"
        "signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "while True: pass",
        "x = 1",
    )
    assert ran.cells[0].error is not None
    assert ran.cells[0].error.kind == "KeyboardInterrupt"
    assert ran.cells[1].status == "ok"


def test_an_exception_that_cannot_be_shown_does_no_harm(play: Play) -> None:
    code = "class Bad(Exception):\n    def __str__(self): raise ValueError\n    __repr__ = __str__\nraise Bad"
    ran = play(code, "x = 1")
    assert ran.cells[0].error is not None
    assert ran.cells[0].error.kind == "Bad"
    assert ran.cells[1].status == "ok"


def test_a_notebook_writes_nothing_into_the_home(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("IPYTHONDIR", raising=False)
    play("x = 1")
    assert list(home.iterdir()) == []


def test_a_module_is_imported_under_its_own_name(play: Play) -> None:
    ran = play("print(__name__)\nif __name__ == '__main__':\n    1 / 0\nx = 2", kind="module", probes=[look("x")])
    assert (ran.cells[0].stdout, ran.cells[0].cell, ran.value.value) == ("work\n", None, 2)
    assert (ran.capture.place.part, ran.capture.place.cell) == ("work.py", None)


def test_a_module_that_raises_keeps_what_came_before(play: Play) -> None:
    ran = play("x = 2\nraise SystemExit(1)", kind="module", probes=[look("x")])
    assert ran.cells[0].error is not None
    assert (ran.cells[0].error.kind, ran.cells[0].error.frames[0].line) == ("SystemExit", 2)
    assert ran.cells[0].error.frames[0].cell is None
    assert ran.value.value == 2


def test_a_module_finds_its_neighbours_and_shadows_no_library(play: Play, tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("value = 7")
    (tmp_path / "numpy.py").write_text("raise RuntimeError('not the library')")
    ran = play("import helper, numpy\nx = helper.value + numpy.ones(1).sum()", kind="module", probes=[look("x")])
    assert ran.value.value == 8.0


def test_a_cell_that_closes_its_outputs_keeps_no_processor_busy(play: Play) -> None:
    code = "import os, time\nos.close(1)\nos.close(2)\nbefore = time.process_time()\ntime.sleep(0.3)\n"
    code += "used = time.process_time() - before"
    ran = play(code, "print('seen')", probes=[look("used")])
    assert ran.value.value < 0.15
    assert ran.cells[1].stdout == "seen\n"
