"""`grader read`: what is read in a report, and from where, before anything is judged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from grader.checks import Question, Rubric
    from grader.model.submission import Part, Submission


def read(
    file: Annotated[
        Path, typer.Argument(help="A report (.md, .txt, .tex, .pdf), a notebook, or a student's folder.", metavar="FILE")
    ],
    rubric: Annotated[Path | None, typer.Option(help="Say for each check of this rubric what is read.")] = None,
    pages: Annotated[Path | None, typer.Option(help="Write pictures of a PDF's pages to this folder.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the readings as JSON.")] = False,
) -> None:
    """Print the sections of a report and what is claimed in them; with a rubric, what each check reads and from where."""
    import json

    from grader.errors import UsageError
    from grader.intake.rubrics import load_rubric

    if not file.exists():
        raise UsageError(f"there is no file {file}")
    submission = _submission(file)
    found = _by_question(load_rubric(rubric).rubric, submission) if rubric else _by_section(submission)
    faults = [{"path": fault.path, "says": fault.text} for fault in submission.faults]
    if as_json:
        print(json.dumps({"version": 1, "file": file.name, "faults": faults, "readings": found}, indent=1, ensure_ascii=False))
    else:
        _show(found, faults)
    if pages is not None:
        _pictures(file, pages, quiet=as_json)


def _submission(file: Path) -> Submission:
    import tempfile

    from grader.intake.submissions import Source, read_submission

    with tempfile.TemporaryDirectory(prefix="grader-read-") as room:
        return read_submission(Source(file.stem, file), Path(room))


def _by_section(submission: Submission) -> list[dict[str, Any]]:
    """Each section with every value that it gives to something."""
    from grader.checks.claims import equations, passages
    from grader.checks.literals import fact
    from grader.intake.documents import blocks_of

    found = []
    for part in submission.parts:
        for block in blocks_of(part):
            claims = [(claim.written, claim.excerpt) for claim in equations(passages(block.text).prose)]
            lines = [{"read": str(fact(written.value)), "from": excerpt} for written, excerpt in claims]
            about = {"part": part.path, "heading": " > ".join(block.path), "words": len(block.text.split())}
            found.append({**about, "tables": len(block.tables), "readings": lines})
    return found


def _by_question(rubric: Rubric, submission: Submission) -> list[dict[str, Any]]:
    """Each question with its section and what its checks read there."""
    from grader.checks.told import told
    from grader.intake.report_code import with_code
    from grader.intake.sections import read_sections
    from grader.model.probe import Read
    from grader.model.values import Section

    asked = {q.id: Read(headings=q.answer.headings) for q in rubric.questions if q.answer.headings}
    captures = read_sections(submission, tuple(asked.values()))
    code = {part.shows: part for part in with_code(submission, rubric).parts if part.shows}
    found = []
    for question in rubric.questions:
        capture = captures[asked[question.id].key] if question.id in asked else None
        section = capture.value if capture else None
        if capture is None or not isinstance(section, Section):
            found.append({"question": question.id, "part": "", "heading": "", "words": 0, "tables": 0, "readings": []})
            continue
        readings = [(check.id, told(check, capture)) for check in question.checks]
        lines = [
            {"check": name, "read": "; ".join(one.read), "from": " … ".join(one.from_where)}
            for name, one in readings
            if one.looks
        ]
        lines += [*_blanks(submission, question), *_code(code.get(question.id))]
        about = {"question": question.id, "part": section.part, "heading": section.heading, "words": len(section.text.split())}
        found.append({**about, "tables": len(section.tables), "readings": lines})
    return found


def _blanks(submission: Submission, question: Question) -> list[dict[str, str]]:
    """What is filled into each of the question's blanks, and in which file."""
    from grader.intake.blanks import marks_of, read_blanks

    filled = read_blanks(submission, question)
    read = {mark: filling.text for mark, filling in filled.fillings.items()} if filled else {}
    where = filled.part if filled else ""
    return [{"check": f"({m})", "read": read.get(m, ""), "from": where} for m in marks_of(*question.answer.blanks)]


def _code(part: Part | None) -> list[dict[str, str]]:
    """The code of a report that is run for a question, as far as it is the report's own."""
    shown = [cell.source.strip() for cell in part.cells if cell.headings] if part is not None else []
    return [{"check": "code", "read": source, "from": part.made_of if part else ""} for source in shown]


def _show(found: list[dict[str, Any]], faults: list[dict[str, str]]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False)
    for fault in faults:
        console.print(Text(f"{fault['path']}: {fault['says']}", style="bold red"), soft_wrap=True)
    for one in found:
        size = f"{one['words']} words" + (f", {one['tables']} tables" if one["tables"] else "")
        name = f"{one['question']}: " if "question" in one else ""
        place = f"“{one['heading'] or 'no heading'}” in {one['part']} ({size})" if one["part"] else "no section of this heading"
        console.print(Text(f"{name}{place}", style="bold"), soft_wrap=True)
        for line in one["readings"]:
            check = f"{line['check']}: " if "check" in line else ""
            console.print(
                Text(f"  {check}{line['read'] or 'not read with certainty'}", style="" if line["read"] else "cyan"),
                soft_wrap=True,
            )
            if line["from"]:
                console.print(Text(f"      from: {line['from']}", style="dim"), soft_wrap=True)


def _pictures(file: Path, folder: Path, quiet: bool) -> None:
    from grader.errors import UsageError
    from grader.intake.notebooks import NotebookFault
    from grader.intake.pdf import page_pictures

    try:
        written = page_pictures(file.read_bytes(), folder)
    except (NotebookFault, OSError) as error:
        raise UsageError(f"{file} has no pages to draw: {error}") from error
    if not quiet:
        print(f"{len(written)} pages in {folder}")
