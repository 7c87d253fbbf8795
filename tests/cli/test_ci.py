"""`grader ci` in an emulated Actions job: what is shown, what is kept, how it exits, and what a hostile submission can do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import pytest

from grader.cli.ci import Host, Threshold, commands_off, find_host, find_name, is_failing, threshold
from grader.cli.runner_files import FILES, take_runner_files
from grader.errors import UsageError
from grader.model.rubric import Visibility
from grader.model.verdict import failed, passed, undecided
from tests.reports.builder import check, question, report

RUBRIC = """\
assignment: hw
title: A homework
limits: {wall: 20 min, cell: 10 min, probe: 10 min}
points: 5
questions:
  - id: "1"
    title: Numbers
    points: 5
    answer: {heading: Problem 1, variables: {x: x, y: y, z: z}}
    checks:
      - {id: x, kind: number, of: x, points: 2, value: 3, title: The number x}
      - {id: y, kind: number, of: y, points: 2, value: 4.25, title: The number y, hint: Look at the sign.}
      - {id: z, kind: number, of: z, points: 1, value: 7, visibility: hidden}
"""
TIMEOUT = 900
"""Seconds: for a machine on which everything else runs at the same time. Nothing here is about time."""
WORK = "import os\n\nx = 3\ny = -4\nz = 0\n"
HOSTILE = """import os, glob
print("::error file=a.py,line=1::gotcha")
print("::set-output name=points::5.00", flush=True)
os.system("echo '::stop-commands::x'; echo '::warning::shell'")
names = [n for n in os.environ if n.startswith(("GITHUB", "ACTIONS", "RUNNER"))]
found = list(names)
for process in glob.glob("/proc/[0-9]*/environ"):
    try:
        found += [part for part in open(process, "rb").read().split(b"\\0") if part.startswith(b"GITHUB_OUTPUT=")]
    except OSError:
        pass
for path in [p.split(b"=", 1)[1].decode() for p in found if isinstance(p, bytes)] + ["FOLDER/GITHUB_OUTPUT"]:
    if not path.startswith("FOLDER"):
        continue  # that of another test, or of the job in which these tests run
    try:
        with open(path, "a") as file:
            file.write("points=5.00\\nevil=1\\n")
    except OSError:
        pass
x = 3
y = "::error ::in a value\\n::warning::more"
z = 0
raise ValueError("::error ::in an exception")
"""


@dataclass
class Done:
    """A finished job: its exit code, what it printed, and the runner's files by variable."""

    code: int
    lines: list[str]
    stderr: str
    files: dict[str, str]
    results: Path

    def commands(self, name: str) -> list[str]:
        return [line for line in self.lines if line.startswith(f"::{name}")]


class Job:
    """A repository with a submission, and an environment as Actions gives it."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        self.work = self.repository / "hw"
        self.work.mkdir(parents=True)
        self.rubric = folder / "hw.yaml"
        self.rubric.write_text(RUBRIC)
        self.runner = folder / "runner"
        self.runner.mkdir()
        for name in FILES:
            (self.runner / name).write_text("earlier=1\n" if name == "GITHUB_OUTPUT" else "")

    def run(self, *options: str, source: str = WORK, isolation: str = "none", actions: bool = True, kit: bool = False) -> Done:
        (self.work / "hw.py").write_text(source.replace("FOLDER", str(self.runner)))
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2]), "COLUMNS": "120"}
        if actions:
            environment |= {name: str(self.runner / name) for name in FILES}
            environment |= {"GITHUB_ACTIONS": "true", "GITHUB_WORKSPACE": str(self.repository), "GITHUB_TOKEN": "secret"}
            environment |= {"GITHUB_REPOSITORY": "course/hw1-aster"}
        code = "from grader.cli import main; main()"
        rubric = [] if kit else ["--rubric", str(self.rubric)]
        command = [sys.executable, "-c", code, "ci", str(self.work), *rubric, "--isolation", isolation]
        done = subprocess.run(
            [*command, *options],
            capture_output=True,
            text=True,
            env=environment,
            cwd=self.repository,
            check=False,
            timeout=TIMEOUT,
        )
        files = {name: (self.runner / name).read_text() for name in FILES}
        return Done(done.returncode, done.stdout.splitlines(), done.stderr, files, self.repository / "grader-results")


@pytest.fixture
def job(tmp_path: Path) -> Job:
    return Job(tmp_path)


def live(lines: list[str]) -> list[str]:
    """The lines that the runner takes for commands: those between `stop-commands` and its token are text."""
    found, token = [], ""
    for line in lines:
        if token:
            token = "" if line == f"::{token}::" else token
        elif line.startswith("::stop-commands::"):
            token = line.removeprefix("::stop-commands::")
        elif line.lstrip().startswith("::") or "##[" in line:
            found.append(line)
    assert token == "", "commands were never switched on again"
    return found


@pytest.mark.box
def test_a_job_shows_findings_at_the_students_line_and_keeps_what_she_may_see(job: Job) -> None:
    done = job.run()
    assert (done.code, done.stderr) == (1, "")
    errors = done.commands("error")
    assert len(errors) == 1, done.lines
    error = errors[0]
    assert error.startswith("::error file=hw/hw.py,line=4,title=1 The number y::")
    assert "Look at the sign." in error
    assert "4.25" not in error
    assert done.commands("notice") == [
        "::notice title=Autograding complete::Points 2.00/5.00",
        '::notice title=Autograding report::{"totalPoints":2.0,"maxPoints":5.0}',
    ]
    assert "# A homework: hw" in done.files["GITHUB_STEP_SUMMARY"]
    outputs = dict(line.split("=", 1) for line in done.files["GITHUB_OUTPUT"].splitlines())
    assert (outputs["earlier"], outputs["points"], outputs["possible"]) == ("1", "2.00", "5.00")
    results = json.loads((done.results / "results.json").read_text())
    checks = results["submissions"][0]["questions"][0]["checks"]
    assert [c["status"] for c in checks] == ["passed", "failed", None]
    assert ElementTree.parse(done.results / "junit.xml").getroot().get("failures") == "1"
    assert (done.results / "summary.md").read_text() in done.files["GITHUB_STEP_SUMMARY"]


@pytest.mark.box
@pytest.mark.parametrize(
    ("options", "code"),
    [(("--fail-under", "2"), 0), (("--fail-under", "40%"), 0), (("--fail-under", "2.5"), 1), (("--fail-under", "much"), 2)],
)
def test_the_exit_code_follows_the_policy(job: Job, options: tuple[str, ...], code: int) -> None:
    assert job.run(*options).code == code


@pytest.mark.box
def test_right_work_exits_with_0_whatever_hidden_checks_say(job: Job) -> None:
    assert job.run(source="x = 3\ny = 4.25\nz = 1\n").code == 0


@pytest.mark.box
@pytest.mark.parametrize("isolation", ["none", "best"])
def test_a_hostile_submission_issues_no_command_and_leaves_the_runners_files_alone(job: Job, isolation: str) -> None:
    done = job.run(source=HOSTILE, isolation=isolation)
    assert done.code == 1
    commands = live(done.lines)
    assert all(re.match(r"::(error|warning|notice)(?= (?:file=hw/|title=)|::)", line) for line in commands)
    assert not any("gotcha" in line or line.startswith("::set-output") or "::shell" in line for line in commands)
    assert done.files["GITHUB_OUTPUT"].startswith("earlier=1\npoints=2.00\n")
    assert "evil" not in "".join(done.files.values())
    assert done.files["GITHUB_ENV"] == done.files["GITHUB_PATH"] == ""
    if isolation == "none":
        assert any("Tampering" in line and "GITHUB_OUTPUT" in line for line in done.commands("error"))


@pytest.mark.box
def test_outside_of_any_ci_the_result_is_for_people(job: Job) -> None:
    done = job.run(actions=False)
    assert done.code == 1
    assert live(done.lines) == []
    assert any("The number y" in line for line in done.lines)


def test_the_runners_files_are_put_back_and_their_variables_and_tokens_are_gone(tmp_path: Path) -> None:
    path = tmp_path / "output"
    path.write_text("a=1\n")
    environment = {"GITHUB_OUTPUT": str(path), "ACTIONS_RUNTIME_TOKEN": "t", "CI_JOB_TOKEN": "t", "MY_TOKEN": "t", "PATH": "/bin"}
    files = take_runner_files(environment)
    assert environment == {"PATH": "/bin"}
    assert files.restore() == ()
    path.write_text("evil=1\n")
    assert files.restore() == ("GITHUB_OUTPUT",)
    assert path.read_text() == "a=1\n"
    assert files.append("GITHUB_OUTPUT", "b=2")
    assert path.read_text() == "a=1\nb=2\n"
    assert not files.append("GITHUB_ENV", "x")


def test_a_file_that_became_a_link_is_a_file_again(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "output", tmp_path / "elsewhere"
    path.write_text("a=1\n")
    elsewhere.write_text("mine")
    files = take_runner_files({"GITHUB_OUTPUT": str(path)})
    path.unlink()
    path.symlink_to(elsewhere)
    files.restore()
    assert (path.is_symlink(), path.read_text(), elsewhere.read_text()) == (False, "a=1\n", "mine")


def test_commands_are_off_between_a_random_token_and_its_return_even_when_something_raises(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def fail() -> None:
        with commands_off(Host.GITHUB):
            print("::error ::x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with commands_off(Host.GITHUB):
        pass
    lines = capsys.readouterr().out.splitlines()
    assert live(lines) == []
    assert len({line for line in lines if line.startswith("::stop-commands::")}) == 2


@pytest.mark.parametrize(
    ("environment", "host"),
    [
        ({"GITHUB_ACTIONS": "true"}, Host.GITHUB),
        ({"GITLAB_CI": "true"}, Host.GITLAB),
        ({"CI": "true"}, Host.PLAIN),
        ({}, Host.PLAIN),
    ],
)
def test_the_host_is_known_by_its_environment(environment: dict[str, str], host: Host) -> None:
    assert find_host(environment) is host


def test_a_job_is_called_like_its_repository() -> None:
    assert find_name({"GITHUB_REPOSITORY": "course/hw1-aster"}) == "hw1-aster"
    assert find_name({"CI_PROJECT_NAME": "hw1-birch"}) == "hw1-birch"
    assert find_name({"GITHUB_REPOSITORY": ""}) == ""


@pytest.mark.parametrize(("limit", "fails"), [("50%", False), ("60%", False), ("67%", True), ("2", False), ("2.5", True)])
def test_a_share_is_one_of_what_is_decided_here(limit: str, fails: bool) -> None:
    checks = [
        check("right", "number", 2, passed()),
        check("wrong", "number", 1, failed("sealed_differs")),
        check("later", "manual", 5, undecided("at_hand_in")),
        check("hidden", "number", 4, passed(), visibility=Visibility.HIDDEN),
    ]
    assert is_failing(report("aster", [question("1", "One", 12, checks)]), threshold(limit)) is fails


@pytest.mark.box
def test_a_kit_in_its_repository_needs_no_more_than_its_folder(job: Job) -> None:
    (job.work / "grader.toml").write_text('assignment = "hw"\nrubric = "checks/rubric.yaml"\nfile = "hw.py"\n')
    (job.work / "checks").mkdir()
    later = "{id: later, kind: manual, of: z, points: 1, at_hand_in: true, title: Looked at later}"
    text = RUBRIC.replace("{id: z, kind: number, of: z, points: 1, value: 7, visibility: hidden}", later)
    (job.work / "checks" / "rubric.yaml").write_text(text.replace(", value: 3", "").replace(", value: 4.25", ""))
    done = job.run("--fail-under", "100%", kit=True)
    assert (done.code, done.commands("error"), done.stderr) == (0, [], "")
    summary = done.files["GITHUB_STEP_SUMMARY"]
    assert "# A homework: hw1-aster" in summary
    assert "**0.00 of 5.00 points**, 5.00 are judged when you hand in" in summary
    assert "- → **Looked at later** (– / 1.00): judged when you hand in" in summary
    assert "person" not in summary


def test_a_threshold_is_points_or_a_share() -> None:
    from fractions import Fraction

    assert threshold("12.5").points_of(Fraction(40)) == Fraction(25, 2)
    assert threshold(" 60 % ") == Threshold(Fraction(3, 5), is_share=True)
    for text in ("", "x", "60%%", "1e9"):
        with pytest.raises(UsageError, match="points or percent"):
            threshold(text)
