"""Submissions: a folder with one folder (or file, or zip) a student, read without running or following anything."""

from __future__ import annotations

import ast
import hashlib
import io
import re
import stat
import tokenize
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

from grader.errors import UsageError
from grader.intake.archives import MAX_BYTES, MAX_FILES, unpack
from grader.intake.documents import Outline, headings_in
from grader.intake.downloads import recognise
from grader.intake.file_names import BAD_NAME, JUNK, is_taken, shown
from grader.intake.latex_source import latex_to_markdown
from grader.intake.layout import lay_out
from grader.intake.notebooks import NotebookFault, read_notebook
from grader.intake.sources import Source as Source
from grader.intake.sources import safe_id
from grader.model.submission import Cell, Fault, Part, Submission

_DOCUMENTS = {".md", ".markdown"}
_REPORTS = {".txt", ".tex", ".pdf"}
"""Reports without Markdown. Beside code, a text file is data; the others are read after everything else."""
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
LONGEST_SOURCE = 2**20
"""Characters of a cell in which imports are looked for."""


def find_submissions(folder: Path) -> tuple[Source, ...]:
    """What is handed in, ordered by id: each sub-folder, zip, notebook or module of the folder is one student's.

    A download of Canvas, Moodle or Gradescope, zipped or unpacked, is taken apart by the students it names.

    Raises:
        UsageError: there is no such folder, or nothing in it.
    """
    if not folder.exists():
        raise UsageError(f"there is no folder {folder}")
    downloaded = recognise(folder)
    if downloaded:
        return _ordered(downloaded)
    if folder.is_file():
        return (Source(_id_of(folder), folder),)
    found = [Source(_id_of(entry), entry) for entry in sorted(folder.iterdir()) if _is_one(entry)]
    if not found:
        raise UsageError(
            f"there is nothing to grade in {folder}: no folder, .zip, .ipynb, .py, .md, .txt, .tex or .pdf a student"
        )
    return _ordered(found)


def left_out(folder: Path) -> tuple[str, ...]:
    """Files beside the submissions of a folder that are nobody's work, because of what they are; of downloads none are told."""
    if not folder.is_dir() or recognise(folder):
        return ()
    names = (entry.name for entry in sorted(folder.iterdir()) if entry.is_file() and not _is_one(entry))
    return tuple(shown(name) for name in names if name not in JUNK and not name.startswith("."))


def _is_one(entry: Path) -> bool:
    """It may be somebody's submission."""
    if entry.name in JUNK or entry.name.startswith("."):
        return False
    return entry.is_dir() or entry.suffix.lower() in {".zip", ".ipynb", ".py", *_DOCUMENTS, *_REPORTS}


def _ordered(found: Sequence[Source]) -> tuple[Source, ...]:
    seen: dict[str, Source] = {}
    for source in found:
        same = seen.setdefault(source.id.casefold(), source)
        if same is not source:
            but = "" if same.id == source.id else ", but for capitals, which not every disk tells apart"
            told = f"{same.path.name} and {source.path.name}{but}"
            raise UsageError(f"two submissions are called `{source.id}`: {told}", "another name for one of them")
    return tuple(sorted(found, key=lambda s: s.id))


def _id_of(path: Path) -> str:
    return safe_id(path.stem if path.is_file() else path.name)


def read_submission(source: Source, unpack_to: Path) -> Submission:
    """One student's work. Zips are unpacked below `unpack_to`; single files are taken from their folder alone."""
    faults: list[Fault] = list(source.faults)
    root = source.path
    if source.members:
        root = unpack_to / source.id
        faults += lay_out(source.members, root)
    elif source.path.is_file() and source.path.suffix.lower() == ".zip":
        root = unpack_to / source.id
        faults += unpack(source.path, root)
    is_single = root == source.path and root.is_file()
    if is_single:
        root = source.path.parent
    files = [source.path] if is_single else list(_files(root, faults))
    parts: list[Part] = []
    digest = hashlib.sha256()
    for file in files:
        name = file.relative_to(root).as_posix()
        data = file.read_bytes()
        digest.update(f"{len(name)}:{name}:{len(data)}:".encode() + data)
        part = _read_part(name, data, faults)
        if part is not None:
            parts.append(part)
    for fault in faults:  # what was left out is part of what was handed in
        digest.update(f"fault:{len(fault.code)}:{fault.code}:{len(fault.path)}:{fault.path}:".encode())
    parts = _reports_last(parts)
    helpers = _helpers(parts)
    return Submission(
        id=source.id,
        root=str(root.resolve()),
        digest=digest.hexdigest(),
        parts=tuple(p for p in parts if p.path not in helpers),
        helpers=helpers,
        files=tuple(f.relative_to(root).as_posix() for f in files),
        faults=tuple(faults),
        handed_in=source.handed_in,
        marked_late=source.marked_late,
        students=source.students,
    )


def _files(root: Path, faults: list[Fault]) -> Iterator[Path]:
    """Plain files below `root` in a fixed order; links and what exceeds the bounds are named in `faults` and left out."""
    count, total = 0, 0
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root)
        if JUNK & set(relative.parts):
            continue
        mode = path.lstat().st_mode
        if stat.S_ISDIR(mode):
            continue
        name = shown(relative.as_posix())
        if not stat.S_ISREG(mode):
            faults.append(Fault(path=name, code="not_a_file", text="A link or special file is not taken."))
            continue
        if not is_taken(PurePosixPath(relative)):
            faults.append(Fault(path=name, code="bad_name", text=BAD_NAME))
            continue
        count, total = count + 1, total + path.lstat().st_size
        if count > MAX_FILES or total > MAX_BYTES:
            text = f"Only the first {MAX_FILES:,} files and {MAX_BYTES >> 20} MiB of a submission are taken."
            faults.append(Fault(path=name, code="too_much", text=text))
            return
        yield path


def _read_part(name: str, data: bytes, faults: list[Fault]) -> Part | None:
    suffix = Path(name).suffix.lower()
    try:
        if suffix == ".ipynb":
            return read_notebook(data, name)
        if suffix == ".py" and "/" not in name:
            return _one_cell(name, "module", _source(data))
        if suffix in _DOCUMENTS:
            return _one_cell(name, "document", _text(data))
        if suffix in _REPORTS:
            return _one_cell(name, "document", _report_text(suffix, data))
    except NotebookFault as fault:
        faults.append(fault.at(name))
    return None


def _source(data: bytes) -> str:
    """A module's text, in the encoding that it declares in its first lines, as Python itself reads it."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return data.decode(encoding)
    except (SyntaxError, LookupError, UnicodeDecodeError):
        return _text(data)


def _text(data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookFault("not_utf8", f"The file is not UTF-8 text (byte {error.start}). Save it again as UTF-8.") from error


def _report_text(suffix: str, data: bytes) -> str:
    """The text of a report, its lines ended alike."""
    if suffix == ".pdf":
        from grader.intake.pdf import pdf_text

        return pdf_text(data)
    text = _LINE_ENDS.sub("\n", _text(data))
    return latex_to_markdown(text) if suffix == ".tex" else text


def _reports_last(parts: Sequence[Part]) -> list[Part]:
    """Reports without Markdown after all else, and no text files where code is handed in."""
    has_code = any(part.kind != "document" for part in parts)
    suffixes = [Path(part.path).suffix.lower() for part in parts]
    first = [part for part, suffix in zip(parts, suffixes, strict=True) if suffix not in _REPORTS]
    last = [p for p, suffix in zip(parts, suffixes, strict=True) if suffix in _REPORTS and not (has_code and suffix == ".txt")]
    return first + last


def _one_cell(name: str, kind: str, text: str) -> Part:
    if kind == "module":
        return Part(path=name, kind="module", cells=(Cell(index=0, kind="code", source=text),))
    headings = headings_in(text, Outline())
    return Part(path=name, kind="document", cells=(Cell(index=0, kind="markdown", source=text, headings=headings),))


def _helpers(parts: list[Part]) -> tuple[str, ...]:
    """The modules that other parts import: helpers, which run when they are imported."""
    imported = {name for part in parts for name in _imports(part)}
    return tuple(p.path for p in parts if p.kind == "module" and Path(p.path).stem in imported)


def _imports(part: Part) -> set[str]:
    names: set[str] = set()
    own = Path(part.path).stem
    for cell in part.cells:
        if cell.kind != "code" or len(cell.source) > LONGEST_SOURCE:
            continue
        lines = [line for line in cell.source.splitlines() if not line.lstrip().startswith(("%", "!"))]
        try:
            tree = ast.parse("\n".join(lines))
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - {own}
