"""The gradebook database: one row a check of each submission, for queries and for tools that read SQL."""

from __future__ import annotations

import contextlib
from fractions import Fraction
from pathlib import Path

from sqlalchemy import Float, Integer, String, create_engine, insert
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from grader.errors import WriteError
from grader.model.report import ClassReport, Report


class Base(DeclarativeBase):
    pass


class Mark(Base):
    """One check of one submission. Points have two decimals; exact values stand in results.json."""

    __tablename__ = "marks"

    submission: Mapped[str] = mapped_column(String, primary_key=True)
    question: Mapped[str] = mapped_column(String, primary_key=True)
    check_id: Mapped[str] = mapped_column(String, primary_key=True)
    position: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String)
    status: Mapped[str] = mapped_column(String, index=True)
    possible: Mapped[float] = mapped_column(Float)
    earned: Mapped[float | None] = mapped_column(Float)
    mistake: Mapped[str] = mapped_column(String, index=True)


class Total(Base):
    """The totals of one submission."""

    __tablename__ = "totals"

    submission: Mapped[str] = mapped_column(String, primary_key=True)
    assignment: Mapped[str] = mapped_column(String)
    possible: Mapped[float] = mapped_column(Float)
    earned: Mapped[float] = mapped_column(Float)
    pending: Mapped[float] = mapped_column(Float)


def write_gradebook(path: Path, report: ClassReport) -> None:
    """Replace the database at `path` by this class's marks, in one step.

    Raises:
        WriteError: that is not possible.
    """
    fresh = path.with_name(f".{path.name}.new")
    with contextlib.suppress(FileNotFoundError):
        fresh.unlink()
    engine = create_engine(f"sqlite:///{fresh}")
    try:
        Base.metadata.create_all(engine)
        with engine.begin() as connection:
            for table, rows in (
                (Total, [_total(one) for one in report.reports]),
                (Mark, [m for r in report.reports for m in _marks(r)]),
            ):
                if rows:
                    connection.execute(insert(table), rows)
    except OperationalError as error:
        raise WriteError.at(path, str(error.orig)) from error
    finally:
        engine.dispose()
    fresh.replace(path)


def _marks(report: Report) -> list[dict[str, object]]:
    checks = [(q, c) for q in report.questions for c in q.checks]
    return [
        {
            "submission": report.submission,
            "question": question.id,
            "check_id": check.id,
            "position": position,
            "kind": check.kind,
            "status": check.verdict.status.value,
            "possible": _points(check.possible),
            "earned": None if check.earned is None else _points(check.earned),
            "mistake": check.verdict.mistake,
        }
        for position, (question, check) in enumerate(checks)
    ]


def _total(report: Report) -> dict[str, object]:
    return {
        "submission": report.submission,
        "assignment": report.assignment,
        "possible": _points(report.possible),
        "earned": _points(report.earned),
        "pending": _points(report.pending),
    }


def _points(value: Fraction) -> float:
    return round(float(value), 2)
