"""Programs of a submission, run in the box: what they are given, what comes back, and what they cannot do to each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from grader.intake.submissions import Source, read_submission
from grader.model.evidence import Capture, CaptureStatus
from grader.model.probe import DataFile, Look, Plan, Probe, Program, SavedFile
from grader.model.rubric import Limits
from grader.model.submission import Submission
from grader.model.values import Ran, Scalar
from grader.sandbox.base import Sandbox
from grader.sandbox.conformance import is_running
from grader.sandbox.plain import PlainSandbox

pytestmark = pytest.mark.box

DAEMON = f"8638{os.getpid() % 1000}.25"
"""Seconds that no other process sleeps."""
FILES = {
    "echo.py": "import sys\nprint(input(), sys.argv[1:], end='!')\n",
    "raises.py": "def f():\n    return [][1]\n\nf()\n",
    "five.py": "import sys\nsys.exit(5)\n",
    "aborts.py": "import os\nos.abort()\n",
    "flood.py": "while True:\n    print('x' * 1000)\n",
    "loop.py": "while True:\n    pass\n",
    "errors.py": "import sys\nfor _ in range(3000):\n    print('y' * 99, file=sys.stderr)\nprint('end', file=sys.stderr)\n",
    "daemon.py": f"import subprocess\nsubprocess.Popen(['sleep', '{DAEMON}'], start_new_session=True)\nprint('left')\n",
    "around.py": (
        f"import glob\nprint(sum(b'{DAEMON}' in open(p, 'rb').read() for p in glob.glob('/proc/[0-9]*/cmdline')))\n"
    ),
    "mark.py": (
        "import os\nprint(os.path.exists('mark'), os.path.exists('../mark'), open('../data.txt').read())\n"
        "open('mark', 'w').close()\nopen('../mark', 'w').close()\nos.makedirs('a/b')\nos.chmod('a', 0)\n"
    ),
    "forged.py": (
        "import os, sys\n"
        "words = b'{\"frame\": \"capture\", \"verdict\": \"passed\", \"credit\": \"1/1\", \"status\": \"captured\"}'\n"
        "for descriptor in range(1, 40):\n"
        "    try:\n        os.write(descriptor, words)\n    except OSError:\n        pass\n"
        "print('::error::forged')\n"
    ),
    "asks.py": "print(input('your name? '))\nonly_when_run_as_a_module = 1\n",
    "tool.sh": "#!/bin/sh\necho built\n",
    "notes.txt": "seven\n",
}  # fmt: skip


@dataclass
class Work:
    """A submission of these files, and what was observed in it."""

    folder: Path
    data: tuple[DataFile, ...] = ()
    captures: dict[str, Capture] = field(default_factory=dict)

    @property
    def submission(self) -> Submission:
        return read_submission(Source("work", self.folder), self.folder / "unpacked")

    def run(self, sandbox: Sandbox, *probes: Probe, limits: Limits | None = None) -> list[Capture]:
        plan = Plan(probes=probes, data=self.data)
        found = sandbox.run(plan, self.submission, limits or Limits(wall=60))
        assert found.run.ended == "finished", found.run.detail
        self.cells = found.run.cells
        return [found.captures[probe.key] for probe in probes]


@pytest.fixture
def work(tmp_path: Path) -> Work:
    for name, text in FILES.items():
        (tmp_path / "work" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "work" / name).write_text(text, encoding="utf-8")
    (tmp_path / "data.txt").write_text("given", encoding="utf-8")
    return Work(tmp_path / "work", (DataFile(name="data.txt", path=str(tmp_path / "data.txt"), digest="d"),))


def program(name: str, *arguments: str, **more: object) -> Program:
    return Program(names=(name,), command=("python", "{file}", *arguments), **more)  # type: ignore[arg-type]


def ran(capture: Capture) -> Ran:
    assert isinstance(capture.value, Ran), capture
    return capture.value


@pytest.fixture(params=["walled", "plain", "without fork"])
def any_box(request: pytest.FixtureRequest) -> Iterator[Sandbox]:
    if request.param == "walled":
        yield request.getfixturevalue("box")
    else:
        yield PlainSandbox(forks=request.param == "plain")


def test_a_program_gets_its_arguments_and_input_and_gives_its_output_and_exit_code(work: Work, any_box: Sandbox) -> None:
    names = ("raises.py", "five.py", "aborts.py", "absent.py")
    said, raised, code, signalled, absent = work.run(
        any_box, program("echo.py", "a b", "2", input="Grüße\n"), *(program(name) for name in names)
    )
    assert (ran(said).stdout, ran(said).exit_code, said.place.part) == ("Grüße ['a b', '2']!", 0, "echo.py")
    assert 'File "raises.py", line 2, in f' in ran(raised).stderr
    assert (ran(raised).exit_code, ran(code).exit_code, ran(signalled).exit_code) == (1, 5, -6)
    assert absent.status is CaptureStatus.MISSING
    assert absent.nearest


def test_endless_programs_are_ended_and_cost_only_themselves(work: Work, any_box: Sandbox) -> None:
    flood, loop, errors, after = work.run(
        any_box,
        program("flood.py"),
        program("loop.py", seconds=1.0),
        program("errors.py"),
        program("echo.py", input="still\n"),
    )
    assert (ran(flood).cut, len(ran(flood).stdout)) == (True, 2**20)
    assert loop.status is CaptureStatus.TIMED_OUT
    assert ran(errors).stderr.endswith("yyy\nend\n")
    assert len(ran(errors).stderr) <= 2**16
    assert ran(after).stdout == "still []!"
    assert not is_running(str(work.folder / "loop.py"))


def test_no_program_sees_what_another_did_to_the_folder(work: Work, any_box: Sandbox) -> None:
    first, second = work.run(any_box, program("mark.py"), program("mark.py", input="again"))
    assert ran(first).stdout == ran(second).stdout == "False False given\n"


def test_a_command_need_not_be_a_python_program(work: Work, any_box: Sandbox) -> None:
    shell = Program(command=("sh", "-c", "cat notes.txt && ./tool.sh"))
    missing, refused = Program(command=("no-such-program",)), Program(command=("./notes.txt",))
    found = [ran(capture) for capture in work.run(any_box, shell, missing, refused)]
    assert found[0].stdout == "seven\nbuilt\n"
    assert [each.exit_code for each in found] == [0, 127, 126]


def test_what_a_program_leaves_running_is_gone_before_the_next(work: Work, box: Sandbox) -> None:
    left, around = work.run(box, program("daemon.py"), program("around.py"))

    assert (ran(left).stdout, ran(around).stdout) == ("left\n", "0\n")
    assert not is_running(DAEMON)


def test_a_program_that_prints_verdicts_prints_words(work: Work, any_box: Sandbox) -> None:
    (forged,) = work.run(any_box, program("forged.py"))
    assert ran(forged).exit_code == 0
    assert ran(forged).stdout.startswith('{"frame": "capture", "verdict": "passed"')


def test_programs_alone_are_not_run_as_modules_besides(work: Work, box: Sandbox) -> None:
    asks, kept = work.run(box, program("asks.py", input="Ada\n"), SavedFile(names=("notes.txt",)))
    assert ran(asks).stdout == "your name? Ada\n"
    assert kept.status is CaptureStatus.CAPTURED
    assert work.cells == ()


def test_a_module_that_is_looked_into_is_imported_and_its_program_run_apart(work: Work, box: Sandbox) -> None:
    (work.folder / "mixed.py").write_text("value = 3\nopen('made.txt', 'w').write('by the module')\nprint(value)\n")
    for name in ("loop.py", "flood.py"):
        (work.folder / name).unlink()
    value, said, made = work.run(
        box, Look(names=("value",)), program("mixed.py"), Program(command=("cat", "made.txt")), limits=Limits(wall=60, cell=5)
    )
    assert isinstance(value.value, Scalar)
    assert (value.value.value, ran(said).stdout, ran(made).stdout) == (3, "3\n", "by the module")


def test_a_submission_without_python_can_be_run(box: Sandbox, tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    (tmp_path / "s" / "hello.sh").write_text("read name\necho Hello, $name\n")
    (said,) = Work(tmp_path / "s").run(box, Program(names=("*.sh",), command=("sh", "{file}"), input="Ada\n"))
    assert ran(said).stdout == "Hello, Ada\n"
