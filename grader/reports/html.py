"""The class page and a student's feedback page: self-contained, with no script but our own and nothing fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from grader.model.report import ClassReport, Report
from grader.reports.audience import Audience, Stage
from grader.reports.charts import histogram
from grader.reports.filters import FILTERS
from grader.reports.statistics import (
    distribution,
    frequent_mistakes,
    mean_share,
    question_means,
    summary,
    waiting,
)
from grader.reports.steps import counted_outcomes, rows
from grader.reports.text import clean
from grader.reports.troubles import troubles, troubles_of
from grader.reports.view import view

_PNG = b"\x89PNG\r\n\x1a\n"


def feedback_html(
    report: Report,
    audience: Audience = Audience.STUDENT,
    stage: Stage = Stage.PUBLISHED,
    figures: Mapping[str, bytes] | None = None,
    notebook: str = "executed.ipynb",
) -> str:
    """The page of one submission.

    `figures` maps ``question/check`` to the PNG that was looked at (what is no PNG is left out); `notebook` is the link to
    the executed notebook, "" for none.
    """
    seen = view(report, audience, stage)
    images = {key: _data_uri(png) for key, png in (figures or {}).items() if png.startswith(_PNG)}
    return page(
        "feedback.html",
        report=report,
        seen=seen,
        run=report.run,
        troubles=troubles_of(report),
        figures=_Absent(images),
        notebook=notebook,
    )


def class_html(class_report: ClassReport) -> str:
    """The page of a class, for the instructor; links lead to ``students/<id>/feedback.html``."""
    odd = troubles(class_report)
    return page(
        "index.html",
        **{"class": class_report},
        summary=summary(class_report),
        histogram=histogram(distribution(class_report), mean_share(class_report)),
        means=question_means(class_report),
        mistakes=frequent_mistakes(class_report),
        waiting=waiting(class_report),
        troubles=odd,
        odd={submission for trouble in odd for submission in trouble.submissions},
        row_of={report.submission: row for row, report in enumerate(class_report.reports)},
        students=tuple(view(report) for report in class_report.reports),
    )


def derivation_html(name: str, passages: Sequence[Mapping[str, Any]]) -> str:
    """The page of `grader derive`: every step of every passage as it was read, with its verdict."""
    shown = [{**passage, "rows": rows(passage["steps"]), "summary": counted_outcomes(passage["counts"])} for passage in passages]
    return page("derivation.html", name=name, passages=shown)


class _Absent(dict[str, str]):
    """A mapping in which what is absent is "", so that a template may ask for it."""

    def __missing__(self, key: str) -> str:
        return ""


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


@cache
def environment(*packages: str) -> Environment:
    """Templates of these packages and of ours, with the filters that pages share; all that they print is escaped."""
    made = Environment(
        loader=ChoiceLoader([PackageLoader(package) for package in (*packages, "grader.reports")]),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalized,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(FILTERS)
    return made


def _finalized(value: Any) -> Any:
    """What a template prints: plain text has its controls written out; markup of our own stays."""
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def page(template: str, **values: Any) -> str:
    """A page from one of our templates, with style and script in it and a policy that allows no others."""
    style, script = (source(name) for name in ("style.css", "sort.js"))
    policy = (
        f"default-src 'none'; img-src data:; style-src {_hash(style)}; script-src {_hash(script)}; "
        "base-uri 'none'; form-action 'none'"
    )
    return environment().get_template(template).render(policy=Markup(policy), style=style, script=script, **values)  # noqa: S704


def source(name: str) -> Markup:
    """A style sheet or script of ours."""
    ours = environment()
    assert ours.loader is not None
    return Markup(ours.loader.get_source(ours, name)[0])  # noqa: S704 - our own file, not a submission's


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
