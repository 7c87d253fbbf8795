"""The folder a grading run writes (`OUT/`): its manifest, evidence, pages and files."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, ValidationError

from grader.errors import EvidenceError
from grader.model.base import Frozen
from grader.model.evidence import Evidence
from grader.model.report import ClassReport, CorrectedReading, Override, Report
from grader.model.student import Student
from grader.model.submission import Submission
from grader.reports.audience import Stage
from grader.store.corrections import Corrections, in_force
from grader.store.evidence import EvidenceStore
from grader.store.executed import executed_notebook
from grader.store.files import write_atomically
from grader.store.verdicts import VerdictStore


class Entry(Frozen):
    """One submission of a run, and the key of its evidence."""

    id: str
    digest: str
    evidence: str
    students: tuple[Student, ...] = ()
    """Who handed it in. Stored evidence goes by digest, and two students may hand in the same bytes."""
    handed_in: str = ""
    marked_late: bool = False


class Manifest(Frozen):
    """What a run was made of, so that it can be judged again without its inputs."""

    version: int = 1
    rubric: str
    """Path of the rubric as it was given."""
    isolation: str
    reference: str = ""
    """Digest of the reference and its data."""
    entries: tuple[Entry, ...] = Field(default=())


class RunFolder:
    """Reads and writes one `OUT/`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.evidence = EvidenceStore(path / "evidence")
        self.verdicts = VerdictStore(path / "evidence" / "verdicts")
        self.corrections = Corrections(path / "overrides.jsonl")

    def write_manifest(self, manifest: Manifest, rubric_text: str) -> None:
        write_atomically(self.path / "evidence" / "run.json", manifest.model_dump_json(indent=1))
        write_atomically(self.path / "evidence" / "rubric.yaml", rubric_text)

    @property
    def has_manifest(self) -> bool:
        return (self.path / "evidence" / "run.json").is_file()

    def has_report(self, submission: str) -> bool:
        return self.report_file(submission).is_file()

    def read_manifest(self) -> Manifest:
        """The manifest.

        Raises:
            EvidenceError: this is no run folder, or one of another version.
        """
        try:
            return Manifest.model_validate_json((self.path / "evidence" / "run.json").read_bytes())
        except OSError as error:
            mend = "grader grade RUBRIC SUBMISSIONS -o " + str(self.path)
            raise EvidenceError(f"{self.path} holds no grading run (evidence/run.json is missing)", mend) from error
        except ValidationError as error:
            raise EvidenceError(f"{self.path}/evidence/run.json cannot be read: {error.error_count()} faults") from error

    def read_rubric(self) -> str:
        """The text of the rubric that the submissions were run for; "" where it is not there."""
        path = self.path / "evidence" / "rubric.yaml"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    def overrides(self) -> tuple[Override, ...]:
        """The corrections of points that are in force, in the order they were made.

        Raises:
            EvidenceError: a line is no correction.
        """
        return tuple(line for line in in_force(self.corrections.read()) if isinstance(line, Override))

    def readings(self) -> tuple[CorrectedReading, ...]:
        """The readings that humans corrected, as far as they are in force.

        Raises:
            EvidenceError: a line is no correction.
        """
        return tuple(line for line in in_force(self.corrections.read()) if isinstance(line, CorrectedReading))

    def read_class(self) -> ClassReport:
        """What the last `grade` or `regrade` came to.

        Raises:
            EvidenceError: this is no run folder, or its reports are not there.
        """
        reports = tuple(self.read_report(entry.id) for entry in self.read_manifest().entries)
        if not reports:
            raise EvidenceError(f"{self.path} holds no submissions")
        first = reports[0]
        ordered = tuple(sorted(reports, key=lambda r: r.submission))
        return ClassReport(
            assignment=first.assignment, title=first.title, possible=first.possible, bonus=first.bonus, reports=ordered
        )

    def report_file(self, submission: str) -> Path:
        """Where the report of one submission is kept."""
        return self.path / "evidence" / "reports" / f"{submission}.json"

    def read_report(self, submission: str) -> Report:
        """What the last `grade` or `regrade` came to for one submission.

        Raises:
            EvidenceError: there is no such report, or it cannot be read.
        """
        path = self.report_file(submission)
        try:
            return Report.model_validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise EvidenceError(f"the report {path} cannot be read", f"grader regrade {self.path}") from error

    def write_class(self, report: ClassReport) -> None:
        """The class's files: results.json, gradebook.csv, index.html, gradebook.sqlite."""
        from grader.reports import class_html, gradebook_csv, results_json
        from grader.store.gradebook import write_gradebook

        write_atomically(self.path / "results.json", results_json(report))
        write_atomically(self.path / "gradebook.csv", gradebook_csv(report))
        write_atomically(self.path / "index.html", class_html(report))
        write_gradebook(self.path / "gradebook.sqlite", report)

    def write_student(self, report: Report, submission: Submission, evidence: Evidence) -> None:
        """One student's files: feedback.html, feedback.md, result.json, executed.ipynb; and the report they are made of."""
        write_atomically(self.report_file(report.submission), report.model_dump_json())
        self.write_pages(report)
        self._write_executed(report.submission, submission, evidence)

    def _write_executed(self, submission_id: str, submission: Submission, evidence: Evidence) -> None:
        for name, text in executed_notebook(submission, evidence.run).items():
            write_atomically(self.path / "students" / submission_id / name, text)

    def write_again(self, stage: Stage = Stage.PUBLISHED) -> ClassReport:
        """Every page and file of the run from what is stored, the students' as they may see them at this stage.

        Raises:
            EvidenceError: this is no run folder, or its reports are not there.
        """
        report = self.read_class()
        for one in report.reports:
            self.write_pages(one, stage)
        for entry in self.read_manifest().entries:
            submission, evidence = self.evidence.load_submission(entry.digest), self.evidence.load(entry.evidence)
            if submission is not None and evidence is not None:
                self._write_executed(entry.id, submission, evidence)
        self.write_class(report)
        return report

    def write_pages(self, report: Report, stage: Stage = Stage.PUBLISHED) -> None:
        """What a student reads, as she may see it at this stage: feedback.html, feedback.md, result.json."""
        from grader.reports import feedback_html, feedback_markdown, result_json
        from grader.reports.pictures import pictures_of

        folder = self.path / "students" / report.submission
        write_atomically(folder / "result.json", result_json(report, stage=stage))
        write_atomically(folder / "feedback.md", feedback_markdown(report, stage=stage))
        write_atomically(folder / "feedback.html", feedback_html(report, stage=stage, figures=pictures_of(report)))
