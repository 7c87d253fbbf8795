"""What only the walled box on this machine does."""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from grader.errors import BoxError
from grader.model.evidence import CaptureStatus, Evidence
from grader.model.probe import DataFile, Look, Plan, Prints
from grader.model.rubric import Limits
from grader.model.submission import Cell, Part, Submission
from grader.model.values import Output, Scalar, Text
from grader.sandbox import bubblewrap
from grader.sandbox.conformance import is_running
from grader.sandbox.local import LocalSandbox
from grader.sandbox.walls import OUTER, WALLS, inspect, refusal

pytestmark = [pytest.mark.box, pytest.mark.usefixtures("_walls")]
LIMITS = Limits(wall=20, cell=5, probe=2)


def submission(root: Path, parts: Mapping[str, tuple[str, ...]], files: tuple[str, ...] = ()) -> Submission:
    made = []
    for path, sources in parts.items():
        cells = tuple(Cell(index=i, kind="code", source=textwrap.dedent(s)) for i, s in enumerate(sources))
        made.append(Part(path=path, kind="module" if path.endswith(".py") else "notebook", cells=cells))
    digest = hashlib.sha256(repr(parts).encode()).hexdigest()
    return Submission(id="s", root=str(root), digest=digest, parts=tuple(made), files=files)


def look(*names: str) -> Plan:
    return Plan(probes=tuple(Look(names=(name,)) for name in names))


def value(evidence: Evidence, name: str) -> object:
    seen = evidence.captures[Look(names=(name,)).key].value
    if isinstance(seen, Text):
        return seen.text
    return seen.value if isinstance(seen, Scalar) else seen


def test_every_wall_stands(box: LocalSandbox, tmp_path: Path) -> None:
    run = box.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}), LIMITS).run
    assert run.walls == {wall.name: "on" for wall in WALLS} | {OUTER: "off" if bubblewrap.try_out() else "on"}
    assert run.versions["python"] == ".".join(map(str, sys.version_info[:3]))
    assert run.peak_memory > 2**20


def test_each_submission_finds_a_fresh_box(box: LocalSandbox, tmp_path: Path) -> None:
    look_for, leave = "found = any(map(os.path.exists, MARKS))", "for mark in MARKS:\n    open(mark, 'w')"
    cells = ("import os\nMARKS = ('mark', '/tmp/mark', '/dev/shm/mark')", look_for, leave)
    for _ in range(2):
        assert value(box.run(look("found"), submission(tmp_path, {"a.ipynb": cells}), LIMITS), "found") is False


def test_what_many_submissions_load_is_there_before_the_first(box: LocalSandbox, tmp_path: Path) -> None:
    """The first figure and the first optimizer of a process load for a second and more; here, once for all submissions."""
    cell = "import sys\nwarm = all(name in sys.modules for name in ('matplotlib.pyplot', 'torch._dynamo'))"
    assert value(box.run(look("warm"), submission(tmp_path, {"a.ipynb": (cell,)}), LIMITS), "warm") is True


def test_data_lies_in_the_work_folder_and_above_it_and_links_out_of_the_submission_do_not_come_along(
    box: LocalSandbox, tmp_path: Path
) -> None:
    (tmp_path / "points.txt").write_text("1 2 3", encoding="utf-8")
    (tmp_path / "hidden.txt").write_text("42", encoding="utf-8")
    root = tmp_path / "handed"
    (root / "deep").mkdir(parents=True)
    (root / "deep" / "own.txt").write_text("own", encoding="utf-8")
    (root / "link.txt").symlink_to(tmp_path / "hidden.txt")
    cell = """
        import os
        here, above = open('points.txt').read(), open('../points.txt').read()
        own = open('deep/own.txt').read()
        linked = os.path.exists('link.txt')
    """
    data = (DataFile(name="points.txt", path=str(tmp_path / "points.txt"), digest="d"),)
    plan = look("here", "above", "own", "linked").model_copy(update={"data": data})
    evidence = box.run(plan, submission(root, {"a.ipynb": (cell,)}, ("deep/own.txt", "link.txt")), LIMITS)
    assert [value(evidence, n) for n in ("here", "above", "own", "linked")] == ["1 2 3", "1 2 3", "own", False]


def test_parts_are_asked_in_order_and_prints_of_all_come_together(box: LocalSandbox, tmp_path: Path) -> None:
    (tmp_path / "b.py").write_text("y = 2\nprint('b')\n", encoding="utf-8")
    parts = {"a.ipynb": ("x = 1", "print('a')"), "b.py": ("x = 5\ny = 2\nprint('b')\n",)}
    plan = Plan(probes=(Look(names=("x",)), Look(names=("y",)), Look(names=("x",), part="b.py"), Prints()))
    evidence = box.run(plan, submission(tmp_path, parts, ("b.py",)), LIMITS)
    values = [evidence.captures[p.key].value for p in plan.probes]
    assert [v.value for v in values[:2] if isinstance(v, Scalar)] == [1, 2]
    assert isinstance(values[3], Output)
    assert [p.text.strip() for p in values[3].printed if p.text.strip()] == ["a", "b"]


def test_student_code_holds_no_descriptor_but_its_channel(box: LocalSandbox, tmp_path: Path) -> None:
    cell = """
        import os, sys
        kinds = sorted(os.readlink(f'/proc/self/fd/{fd}').split(':')[0] for fd in os.listdir('/proc/self/fd')
                       if int(fd) > 2 and os.path.exists(f'/proc/self/fd/{fd}'))
        channels = kinds.count('socket')
        files = [k for k in kinds if k.startswith('/') and not k.startswith(('/dev/null', '/proc', sys.prefix))]
        strays = len(files)
        parent = os.path.exists('/proc/1/fd') and os.access('/proc/1/fd', os.R_OK)
    """
    evidence = box.run(look("channels", "strays", "parent"), submission(tmp_path, {"a.ipynb": (cell,)}), LIMITS)
    assert [value(evidence, n) for n in ("channels", "strays", "parent")] == [1, 0, False]


def test_after_the_warm_process_is_killed_the_next_submission_runs(box: LocalSandbox, tmp_path: Path) -> None:
    box.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}), LIMITS)
    assert box._boxes is not None
    os.killpg(box._boxes.zygote._process.pid, signal.SIGKILL)
    box._boxes.zygote._process.wait()
    evidence = box.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}), LIMITS)
    assert value(evidence, "x") == 1


def test_an_interpreter_that_is_not_there_is_an_error_of_the_box(tmp_path: Path) -> None:
    sandbox = LocalSandbox("strict", python="/nowhere/python")
    with pytest.raises(BoxError, match="cannot be started"):
        sandbox.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}), LIMITS)
    sandbox.close()


def test_a_hidden_folder_within_a_visible_one_is_covered(tmp_path: Path) -> None:
    for name in ("open", "hidden"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "text").write_text(name, encoding="utf-8")
    tmp_path.chmod(0o755)
    sandbox = LocalSandbox("strict", visible=[str(tmp_path)], hidden=[str(tmp_path / "hidden")])
    cells = (f"a = open('{tmp_path}/open/text').read()", f"b = open('{tmp_path}/hidden/text').read()")
    evidence = sandbox.run(look("a", "b"), submission(tmp_path / "open", {"a.ipynb": cells}), LIMITS)
    sandbox.close()
    assert value(evidence, "a") == "open"
    assert evidence.captures[Look(names=("b",)).key].status is CaptureStatus.MISSING


def test_the_doctor_tries_every_wall() -> None:
    assert {report.wall.name: report.why for report in inspect()} == {wall.name: "" for wall in WALLS}


def test_a_refusal_names_every_missing_wall_and_what_mends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = tuple(r if r.wall.name != "landlock" else type(r)(r.wall, "not there") for r in inspect())
    error = refusal(reports)
    assert "landlock" in str(error)
    assert "not there" in str(error)
    assert "user" not in str(error)
    assert "lsm=landlock" in error.mend
    assert error.exit_code == 4


def test_the_box_that_takes_what_works_says_what_stands_and_ends_its_warm_process_when_closed(tmp_path: Path) -> None:
    sandbox = LocalSandbox("best")
    evidence = sandbox.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}), LIMITS)
    assert sandbox._boxes is not None
    process = sandbox._boxes.zygote._process
    sandbox.close()
    assert value(evidence, "x") == 1
    assert set(evidence.run.walls) == {OUTER, *(wall.name for wall in WALLS)}
    assert process.returncode is not None


WITHOUT_RIGHTS = ("unshare", "--user", "--map-user=1000", "setpriv", "--no-new-privs", "--bounding-set=-all")
"""Begins a program that may make no namespaces."""


@pytest.mark.skipif(not (shutil.which("setpriv") and shutil.which("unshare")), reason="needs util-linux")
def test_without_rights_strict_refuses_with_every_missing_wall_and_best_runs_in_what_is_left(tmp_path: Path) -> None:
    cells = ("x = 1", f"open('{tmp_path}/mark', 'w')", "import tempfile\ny = len(tempfile.TemporaryFile().read())")
    code = f"""
        import os
        os.umask(0)
        from grader.errors import BoxError
        from grader.model.probe import Look, Plan
        from grader.model.rubric import Limits
        from grader.model.submission import Submission
        from grader.sandbox.local import LocalSandbox
        job = Submission.model_validate_json({submission(tmp_path, {"a.ipynb": cells}).model_dump_json()!r})
        plan = Plan(probes=(Look(names=("x",)),))
        for isolation in ("strict", "best"):
            box = LocalSandbox(isolation)
            try:
                run = box.run(plan, job, Limits(wall=60)).run
                print("ran", run.walls["mount"] != "on", run.walls["landlock"], *(cell.status for cell in run.cells))
            except BoxError as error:
                print("refused", *(name in str(error) for name in ("user", "mount", "network", "root")), bool(error.mend))
            box.close()
    """
    command = [*WITHOUT_RIGHTS, sys.executable, "-c", textwrap.dedent(code)]
    done = subprocess.run(command, cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120)
    assert done.stdout.splitlines() == ["refused True True True True True", "ran True on ok raised ok"]


def test_when_the_host_dies_everything_of_the_box_dies(tmp_path: Path) -> None:
    cell = "import subprocess; subprocess.run(['sleep', '86399.75'])"
    job = submission(tmp_path, {"a.ipynb": (cell,)}).model_dump_json()
    code = f"""
        from grader.model.probe import Plan
        from grader.model.rubric import Limits
        from grader.model.submission import Submission
        from grader.sandbox.local import LocalSandbox
        LocalSandbox().run(Plan(probes=()), Submission.model_validate_json({job!r}), Limits(wall=60))
    """
    command = [sys.executable, "-c", textwrap.dedent(code)]
    with subprocess.Popen(command, cwd=Path(__file__).parents[2], env={**os.environ, "TMPDIR": str(tmp_path)}) as host:
        try:
            assert _until(lambda: is_running("86399.75"))
        finally:
            host.kill()
    assert _until(lambda: not is_running("86399.75"))


def _until(holds: Callable[[], bool], seconds: float = 60.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def test_a_file_that_cannot_be_laid_fails_this_box_and_no_other(box: LocalSandbox, tmp_path: Path) -> None:
    evidence = box.run(look("x"), submission(tmp_path, {"a.ipynb": ("x = 1",)}, ("../outside.txt",)), LIMITS)
    assert (evidence.run.ended, evidence.captures[Look(names=("x",)).key].status) == ("box_failed", CaptureStatus.BOX_FAILED)
    assert "outside.txt" in evidence.run.detail


def test_no_box_can_move_the_position_of_a_file_that_the_warm_process_has_open(box: LocalSandbox, tmp_path: Path) -> None:
    """Fonts stay open in the warm process; a descriptor shared with it would have one position for all boxes."""
    cell = """
        import os, stat
        def files():
            return [int(fd) for fd in os.listdir('/proc/self/fd') if int(fd) > 2 and os.path.exists(f'/proc/self/fd/{fd}')
                    and stat.S_ISREG(os.stat(f'/proc/self/fd/{fd}').st_mode)]
        positions = [os.lseek(fd, 0, os.SEEK_CUR) for fd in files()]
        found = len(positions)
        moved = sum(position == 12345 for position in positions)
        for fd in files():
            os.lseek(fd, 12345, os.SEEK_SET)
    """
    for _ in range(2):
        evidence = box.run(look("found", "moved"), submission(tmp_path, {"a.ipynb": (cell,)}), LIMITS)
        assert value(evidence, "moved") == 0
    assert value(evidence, "found") != 0


def test_student_code_cannot_end_its_own_box(box: LocalSandbox, tmp_path: Path) -> None:
    """Else wrong answers could be made undecided ones."""
    cell = """
        import os, signal
        for number in range(1, 65):
            try:
                os.kill(1, number)
            except OSError:
                pass
    """
    evidence = box.run(look("x"), submission(tmp_path, {"a.ipynb": (cell, "x = 1")}), LIMITS)
    assert (value(evidence, "x"), evidence.run.ended) == (1, "finished")


STORM = """
import os
while True:
    try:
        if os.fork() == 0:
            os.setsid()
            while True:
                try:
                    os.fork()
                except OSError:
                    pass
    except OSError:
        break
"""
CLOSED = "import os\nfor path in ('/home/student/work', '/home/student'):\n    os.chmod(path, 0)\n"
MOVED = "import os\nos.rename('/home/student/work', '/home/student/x')\n"


@pytest.mark.parametrize("spoil", [STORM, CLOSED, MOVED], ids=["storm", "closed", "moved"])
def test_no_code_can_keep_the_next_process_from_beginning(box: LocalSandbox, tmp_path: Path, spoil: str) -> None:
    """A process that ends takes its cell with it, and the others run in a new one: else nothing would be looked at any more."""
    cells = (f"{spoil}os._exit(0)", "x = 1")
    evidence = box.run(look("x"), submission(tmp_path, {"a.ipynb": cells}), Limits(wall=30, cell=10, probe=2, processes=64))
    assert (value(evidence, "x"), evidence.run.ended) == (1, "finished")


def test_a_crash_runs_no_program_of_the_host(box: LocalSandbox, tmp_path: Path) -> None:
    """The kernel pipes cores to the host's program whatever the limit on their size, unless it is 1."""
    cell = """
        import resource
        try:
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        except (OSError, ValueError) as error:
            refused = type(error).__name__
        limit = resource.getrlimit(resource.RLIMIT_CORE)[0]
    """
    evidence = box.run(look("limit", "refused"), submission(tmp_path, {"a.ipynb": (cell,)}), LIMITS)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    assert value(evidence, "limit") == (1 if hard == resource.RLIM_INFINITY else min(1, hard))
    assert value(evidence, "refused") is not None


def test_many_processes_share_one_memory_and_the_record_says_so(box: LocalSandbox, tmp_path: Path) -> None:
    cell = """
        import os, time
        children = []
        for _ in range(3):
            children.append(os.fork())
            if children[-1] == 0:
                held = os.urandom(1) * (150 * 2**20)
                time.sleep(1.5)
                os._exit(0)
        ended = 9 in [os.waitpid(child, 0)[1] for child in children]
    """
    limits = Limits(wall=20, cell=10, probe=2, memory=2**28, disk=2**20)
    evidence = box.run(look("ended"), submission(tmp_path, {"a.ipynb": (cell,)}), limits)
    assert value(evidence, "ended") is True
    assert "were over its memory" in evidence.run.detail
