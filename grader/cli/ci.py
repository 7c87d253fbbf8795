"""`grader ci`: one submission in a CI job, with annotations, a job summary, JUnit XML, results and an exit code by policy."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from grader.cli.assignment import Isolation
from grader.cli.runner_files import RunnerFiles, hide_from_others, take_runner_files

if TYPE_CHECKING:
    from grader.model.report import Report
    from grader.reports.view import ReportView


class Host(StrEnum):
    """What runs the job."""

    AUTO = "auto"
    GITHUB = "github"
    GITLAB = "gitlab"
    PLAIN = "plain"


def ci(
    folder: Annotated[Path, typer.Argument(help="The folder, notebook, module or zip.", metavar="[SUBMISSION]")] = Path(),
    rubric: Annotated[Path | None, typer.Option(help="The rubric; by default the one that grader.toml names.")] = None,
    out: Annotated[Path, typer.Option("-o", "--out", help="Folder for what the job keeps.")] = Path("grader-results"),
    fail_under: Annotated[str, typer.Option(help="Fail below so many points or percent (60%) only.")] = "",
    host: Annotated[Host, typer.Option(help="Whose format the output has; auto looks at the environment.")] = Host.AUTO,
    isolation: Annotated[Isolation, typer.Option(help="strict refuses to run without every wall.")] = Isolation.STRICT,
) -> None:
    """Grade one submission in a CI job; exits with 1 when a visible check fails, or below `--fail-under`."""
    from grader.errors import BoxError

    limit = threshold(fail_under) if fail_under else None
    where = find_host(os.environ) if host is Host.AUTO else host
    repository = os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or str(Path.cwd())
    name = find_name(os.environ) if rubric is None else ""
    files = take_runner_files(os.environ)
    hide_from_others()
    with commands_off(where):
        report = _grade(folder, rubric, isolation)
    report = report.model_copy(update={"submission": name}) if name else report
    touched = files.restore()
    _write_results(report, out)
    if where is Host.GITHUB:
        _tell_github(report, folder, Path(repository), files, touched)
    else:
        _tell_shell(report)
    if report.run.ended == "box_failed":
        raise BoxError(f"the box failed, so this says nothing about the submission: {report.run.detail}")
    if is_failing(report, limit):
        raise typer.Exit(1)


def find_host(environment: Mapping[str, str]) -> Host:
    """The host that this environment is of."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return Host.GITHUB
    return Host.GITLAB if environment.get("GITLAB_CI") == "true" else Host.PLAIN


def find_name(environment: Mapping[str, str]) -> str:
    """What the repository is called, which is what its one submission is known by; "" where the host does not say."""
    return environment.get("GITHUB_REPOSITORY", "").rpartition("/")[2] or environment.get("CI_PROJECT_NAME", "")


@dataclass(frozen=True, slots=True)
class Threshold:
    """The least that passes: points, or a share of what can be decided here."""

    amount: Fraction
    is_share: bool = False

    def points_of(self, possible: Fraction) -> Fraction:
        return self.amount * possible if self.is_share else self.amount


def threshold(text: str) -> Threshold:
    """What `--fail-under` says.

    Raises:
        UsageError: it is no number, with or without a percent sign.
    """
    from grader.errors import UsageError
    from grader.model.base import read_fraction

    try:
        if text.strip().endswith("%"):
            return Threshold(read_fraction(text.strip()[:-1].strip()) / 100, is_share=True)
        return Threshold(read_fraction(text))
    except ValueError as error:
        raise UsageError(f"--fail-under takes points or percent, such as 12.5 or 60%, not `{text}`") from error


def is_failing(report: Report, limit: Threshold | None) -> bool:
    """Whether the job fails: below the limit where there is one, else with any visible check that is not right."""
    from grader.reports.github import has_visible_failure

    if limit is None:
        return has_visible_failure(report)
    seen = points_of(report)
    decided = Fraction(seen.possible - seen.pending - seen.withheld, 100)
    return Fraction(seen.earned, 100) < limit.points_of(decided)


def points_of(report: Report) -> ReportView:
    """The points that the student may see now, in hundredths."""
    from grader.reports.audience import Audience, Stage
    from grader.reports.view import view

    return view(report, Audience.STUDENT, Stage.OPEN)


@contextmanager
def commands_off(host: Host) -> Iterator[None]:
    """On GitHub, nothing printed inside counts as a workflow command; only who knows the random token can end that."""
    from grader.reports.workflow_commands import resume, stop

    token = secrets.token_hex(24)
    if host is Host.GITHUB:
        print(stop(token), flush=True)
    try:
        yield
    finally:
        if host is Host.GITHUB:
            print(resume(token), flush=True)


def _grade(folder: Path, rubric: Path | None, isolation: Isolation) -> Report:
    """The report of the submission: against the reference where it is at hand, by the public checks elsewhere."""
    from grader.sandbox.factory import make_sandbox, require
    from grader.selfcheck import Checker, find_assignment

    work = folder.resolve()
    assignment = find_assignment([work] if rubric is None else [rubric, work], work)
    environment = assignment.rubric.rubric.environment
    require(isolation.value, environment.python)
    sandbox = make_sandbox(isolation.value, environment.python, environment.imports)
    try:
        return Checker(sandbox, isolation.value).check(assignment)
    finally:
        sandbox.close()


def _write_results(report: Report, out: Path) -> None:
    """The student's files; what she may not see yet is in none of them."""
    from grader.reports import Stage, result_json
    from grader.reports.github import job_summary
    from grader.reports.junit import junit_xml
    from grader.reports.terms import Terms

    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(result_json(report, stage=Stage.OPEN), encoding="utf-8")
    (out / "junit.xml").write_text(junit_xml(report, Terms(stage=Stage.OPEN)), encoding="utf-8")
    (out / "summary.md").write_text(job_summary(report), encoding="utf-8")


def _tell_github(report: Report, folder: Path, repository: Path, files: RunnerFiles, touched: tuple[str, ...]) -> None:
    from grader.reports.github import classroom_result, findings, job_summary, points_notices
    from grader.reports.points import shown
    from grader.reports.workflow_commands import Annotation, command, within_limits

    root = folder if folder.is_dir() else folder.parent
    found = [*findings(report, _sources(report, root), _prefix(root, repository))]
    tampered = "Something wrote to {} while the submission ran; that was removed."
    found += [Annotation("error", tampered.format(name), "Tampering") for name in touched]
    notices = points_notices(report)
    for annotation in (*within_limits(found, reserved=len(notices)), *notices):
        print(command(annotation))
    files.append("GITHUB_STEP_SUMMARY", job_summary(report))
    seen = points_of(report)
    outputs = {
        "points": shown(seen.earned),
        "possible": shown(seen.possible),
        "result": classroom_result(report),
    }
    files.append("GITHUB_OUTPUT", "".join(f"{name}={value}\n" for name, value in outputs.items()))


def _sources(report: Report, root: Path) -> dict[str, str]:
    """The texts of the files that the report speaks of."""
    names = {c.verdict.place.part for q in report.questions for c in q.checks}
    names |= {cell.part for cell in report.run.cells}
    names |= {frame.file for cell in report.run.cells if cell.error for frame in cell.error.frames}
    paths = {name: root / name for name in names if name and ".." not in Path(name).parts and not Path(name).is_absolute()}
    return {n: p.read_text(encoding="utf-8", errors="replace") for n, p in paths.items() if p.is_file() and not p.is_symlink()}


def _prefix(root: Path, repository: Path) -> str:
    """What comes before a file's path so that it counts from the repository's root."""
    try:
        relative = root.resolve().relative_to(repository.resolve()).as_posix()
    except ValueError:
        return ""
    return "" if relative == "." else f"{relative}/"


def _tell_shell(report: Report) -> None:
    from rich.console import Console

    from grader.reports import Audience, Stage, submission_panel

    Console().print(submission_panel(report, Audience.STUDENT, Stage.OPEN))
