"""Figures about a class, as pure functions of its reports."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from statistics import median

from grader.model.report import CheckReport, ClassReport, QuestionReport, Report
from grader.model.verdict import Status
from grader.reports.text import listed
from grader.reports.wording import headline


@dataclass(frozen=True, slots=True)
class Bin:
    """Submissions whose share of the regular points lies in `low` (included) to `high` (excluded; in the last one included)."""

    low: Fraction
    high: Fraction
    count: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The middle and the ends of the class's points; None where nobody handed in."""

    count: int
    mean: Fraction | None
    median: Fraction | None
    lowest: Fraction | None
    highest: Fraction | None
    pending: Fraction
    """Points of all submissions together that wait for a human."""


@dataclass(frozen=True, slots=True)
class QuestionMean:
    """The mean of one question over the class, and in how many submissions something in it waits for a human or is absent."""

    id: str
    title: str
    bonus: bool
    possible: Fraction
    mean: Fraction
    waits: Fraction
    """The mean of the points that wait for a human."""
    pending: int
    absent: int

    @property
    def share(self) -> Fraction:
        return self.mean / self.possible if self.possible else Fraction(0)


@dataclass(frozen=True, slots=True)
class Finding:
    """A mistake (or a failure without a recognised one), and who made it."""

    question: str
    check: str
    title: str
    says: str
    mistake: str
    submissions: tuple[str, ...]

    @property
    def count(self) -> int:
        return len(self.submissions)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One check that a human decides, and the submissions in which it waits."""

    question: str
    check: str
    title: str
    why: str
    points: Fraction
    submissions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Found:
    submission: str
    question: QuestionReport
    check: CheckReport


def _checks(reports: tuple[Report, ...]) -> Iterator[_Found]:
    return (
        _Found(report.submission, question, check)
        for report in reports
        for question in report.questions
        for check in question.checks
    )


def share_of(report: Report) -> Fraction:
    """Points earned, bonus included, per regular point: 1 is full marks, more is possible with a bonus."""
    regular = report.possible - report.bonus
    return max(report.earned, Fraction(0)) / regular if regular > 0 else Fraction(0)


def distribution(class_report: ClassReport, bins: int = 10) -> tuple[Bin, ...]:
    """How many submissions fall into each of `bins` equal ranges of 0 to 100 %; above 100 % counts in the last."""
    counts = Counter(min(int(share_of(report) * bins), bins - 1) for report in class_report.reports)
    return tuple(Bin(Fraction(i, bins), Fraction(i + 1, bins), counts[i]) for i in range(bins))


def summary(class_report: ClassReport) -> Summary:
    """Count, mean, median and range of the points earned."""
    earned = [report.earned for report in class_report.reports]
    pending = sum((report.pending for report in class_report.reports), Fraction(0))
    if not earned:
        return Summary(0, None, None, None, None, pending)
    mean = sum(earned, Fraction(0)) / len(earned)
    return Summary(len(earned), mean, Fraction(median(earned)), min(earned), max(earned), pending)


def mean_share(class_report: ClassReport) -> Fraction | None:
    """The mean of the points earned per regular point; None where nobody handed in."""
    mean, regular = summary(class_report).mean, class_report.possible - class_report.bonus
    return mean / regular if mean is not None and regular > 0 else None


def question_means(class_report: ClassReport) -> tuple[QuestionMean, ...]:
    """The mean of every question, in the rubric's order; what is pending counts as not earned."""
    columns: defaultdict[str, list[QuestionReport]] = defaultdict(list)
    for report in class_report.reports:
        for question in report.questions:
            columns[question.id].append(question)
    return tuple(_mean(column) for column in columns.values())


def _mean(column: list[QuestionReport]) -> QuestionMean:
    first = column[0]
    return QuestionMean(
        id=first.id,
        title=first.title,
        bonus=first.bonus,
        possible=first.possible,
        mean=sum((q.earned for q in column), Fraction(0)) / len(column),
        waits=sum((q.pending for q in column), Fraction(0)) / len(column),
        pending=sum(q.pending > 0 for q in column),
        absent=sum(any(is_absent(check) for check in q.checks) for q in column),
    )


_NOTHING_THERE = ("missing", "empty", "no_figure", "no_table")


def is_absent(check: CheckReport) -> bool:
    """Nothing was handed in for this check, or it was not found."""
    return check.override is None and check.verdict.status is Status.FAILED and check.verdict.reason.code in _NOTHING_THERE


def frequent_mistakes(class_report: ClassReport, most: int = 12) -> tuple[Finding, ...]:
    """What went wrong most often: recognised mistakes, else the reason in a few words; the most frequent first.

    Answers that are not there are no mistakes; `question_means` counts them.
    """
    groups: defaultdict[tuple[str, str], list[_Found]] = defaultdict(list)
    for found in _checks(class_report.reports):
        verdict = found.check.verdict
        is_wrong = bool(verdict.mistake) or verdict.status in (Status.FAILED, Status.PARTIAL)
        if is_wrong and found.check.override is None and not is_absent(found.check):
            what = _explanation(found.check) or f"{found.check.id}: {verdict.reason.code}"
            groups[found.question.id, what].append(found)
    findings = [_finding(group) for group in groups.values()]
    return tuple(sorted(findings, key=lambda f: (-f.count, not f.mistake))[:most])


def _finding(group: list[_Found]) -> Finding:
    """One mistake; the same explanation in several checks of a question is one mistake."""
    first = group[0].check
    titles = tuple(dict.fromkeys(found.check.title or found.check.id for found in group))
    return Finding(
        question=group[0].question.id,
        check=first.id,
        title=listed(titles),
        says=_explanation(first) or headline(first.verdict.reason),
        mistake=first.verdict.mistake,
        submissions=tuple(dict.fromkeys(found.submission for found in group)),
    )


def _explanation(check: CheckReport) -> str:
    """The rubric's explanation of the recognised mistake; "" where none was recognised."""
    return str(check.says or check.verdict.reason.facts.get("says", "")) if check.verdict.mistake else ""


def waiting(class_report: ClassReport) -> tuple[Waiting, ...]:
    """What a human has still to decide, check by check in the rubric's order, so that one check is graded for all at once."""
    groups: defaultdict[tuple[str, str, str], list[_Found]] = defaultdict(list)
    for found in _checks(class_report.reports):
        if found.check.verdict.status is Status.UNDECIDED and found.check.override is None:
            groups[found.question.id, found.check.id, headline(found.check.verdict.reason)].append(found)
    order = {question.id: i for i, question in enumerate(question_means(class_report))}
    ordered = sorted(groups.items(), key=lambda item: order[item[0][0]])
    return tuple(
        Waiting(
            question=question,
            check=check,
            title=group[0].check.title or check,
            why=why,
            points=group[0].check.possible,
            submissions=tuple(found.submission for found in group),
        )
        for (question, check, why), group in ordered
    )
