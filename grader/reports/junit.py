"""JUnit XML, as GitLab, Jenkins and the usual actions read it: a check is a test case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.etree import ElementTree

from grader.model.report import ClassReport, Report
from grader.model.verdict import Status
from grader.reports.audience import Audience, Stage
from grader.reports.points import shown
from grader.reports.rows import Row, plain_text, rows
from grader.reports.status import status_words
from grader.reports.terms import Terms
from grader.reports.text import clean, one_line
from grader.reports.view import ReportView, view

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 cannot hold, not even escaped (section 2.2, Char)."""
_DECIDED = (Status.PASSED, Status.PARTIAL, Status.FAILED)


def junit_xml(report: Report, terms: Terms) -> str:
    """One submission as its student may see it: a suite with a case for every check."""
    return _document(report.assignment, [view(report, Audience.STUDENT, terms.stage)])


def class_junit_xml(class_report: ClassReport, terms: Terms) -> str:
    """A class, for the instructor: a suite for every submission."""
    return _document(class_report.assignment, [view(r, Audience.INSTRUCTOR, Stage.PUBLISHED) for r in class_report.reports])


def _document(name: str, submissions: Iterable[ReportView]) -> str:
    root = ElementTree.Element("testsuites", name=_legal(name))
    suites = [_suite(seen) for seen in submissions]
    for count in ("tests", "failures", "errors", "skipped"):
        root.set(count, str(sum(int(suite.get(count, "0")) for suite in suites)))
    root.set("time", f"{sum(float(suite.get('time', '0')) for suite in suites):.3f}")
    root.extend(suites)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(seen: ReportView) -> ElementTree.Element:
    cases = [_case(row, seen.report.submission) for row in rows(seen)]
    suite = ElementTree.Element("testsuite", name=_legal(seen.report.submission), tests=str(len(cases)))
    for count, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(count, str(sum(case.find(tag) is not None for case in cases)))
    suite.set("time", f"{seen.report.run.seconds:.3f}")
    suite.extend(cases)
    return suite


def _case(row: Row, submission: str) -> ElementTree.Element:
    """Right passes, wrong in part or whole fails, and what nobody has decided is skipped: it is no fault of the student's."""
    check = row.check
    case = ElementTree.Element(
        "testcase", classname=_legal(f"{submission}.{row.question.id}"), name=_legal(f"{row.key}: {check.title}")
    )
    if check.place is not None and check.place.part:
        case.set("file", _legal(check.place.part))
    is_decided = check.earned is not None and (check.status in (None, *_DECIDED) or check.override is not None)
    if is_decided and (check.earned or 0) >= check.possible:
        return case
    outcome = ElementTree.SubElement(case, "failure" if is_decided else "skipped", message=_legal(_message(row)))
    if is_decided and check.reason is not None:
        outcome.set("type", _legal(check.reason.code))
    outcome.text = _legal(plain_text(check)) or None
    return case


def _message(row: Row) -> str:
    check = row.check
    points = f" ({shown(check.earned)} of {shown(check.possible)} points)" if check.earned is not None else ""
    return one_line(f"{status_words(check).words}{points}{f': {check.headline}' if check.headline else ''}")


def _legal(text: str) -> str:
    return _ILLEGAL.sub("", clean(text))
