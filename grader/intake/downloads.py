"""Downloads of learning platforms: whose work each file is, by the names that Canvas, Moodle and Gradescope give them.

The ids made here do not change when a student hands in again: they hold the person's number, not the attachment's.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from grader.intake.file_names import JUNK
from grader.intake.layout import is_outside
from grader.intake.sources import Member, Source, safe_id
from grader.model.student import Student

METADATA = "submission_metadata.yml"
_CANVAS = re.compile(
    r"(?P<name>\w*?)_(?P<late>LATE_)?(?P<user>\d+)_(?:\d+_(?P<file>.+)|(?P<entry>(?:text|link)\.html))"
    r"|(?P<blind_late>LATE_)?(?P<anonymous>anon_\w+?)_(?:\d+_(?P<blind>.+)|(?P<blind_entry>(?:text|link)\.html))"
)
"""``asterlily_LATE_501_88_hw1.ipynb``: name, lateness, user, attachment and the file's own name."""
_MOODLE = re.compile(r"(?P<name>[^_]*)_(?P<participant>\d+)_assignsubmission_(?P<plugin>[a-z]+)(?:_(?P<file>.*))?")
"""``Lily Aster_9001_assignsubmission_file_``: name, participant, and where the student put it in Moodle."""
_EXPORT = re.compile(r"assignment_\d+_export")
_GRADESCOPE = re.compile(r"submission_(\d+)")
_UPLOADED_AGAIN = re.compile(r"([A-Za-z_]\w*)-\d{1,2}\.py")
"""Canvas adds ``-1`` to a file handed in again, and no module of that name can be imported."""
_BESIDE = (".csv", ".txt", ".xlsx", ".yaml", ".yml")
"""What teachers put beside a download, such as its roster."""
_MOST_METADATA = 64 * 2**20

Files = Mapping[str, Member]


def recognise(path: Path) -> tuple[Source, ...]:
    """The submissions of a platform's download, zipped or unpacked; none if this is no such download."""
    names = _top_names(path)
    folder = next((f"{name}/" for name in names if _EXPORT.fullmatch(name)), "") if len(names) == 1 else ""
    reader = _reader(_top_names(path, folder) if folder else names)
    return reader(path, _files(path, folder)) if reader is not None else ()


def _reader(names: set[str]) -> Callable[[Path, Files], tuple[Source, ...]] | None:
    if METADATA in names and any(_GRADESCOPE.fullmatch(name) for name in names):
        return _from_gradescope
    judged = {name for name in names if not name.lower().endswith(_BESIDE)} or names
    if judged and all(_MOODLE.fullmatch(name) for name in judged):
        return _from_moodle
    return _from_canvas if judged and all(_CANVAS.fullmatch(name) for name in judged) else None


def _is_junk(name: str) -> bool:
    return bool(JUNK & set(name.split("/"))) or name.startswith(".")


def _top_names(path: Path, folder: str = "") -> set[str]:
    """The names at the top of a folder or zip, or of one folder in it."""
    if path.is_file():
        inside = (name.removeprefix(folder) for name in _zip_names(path) if name.startswith(folder))
        return {name.split("/")[0] for name in inside if name}
    top = path / folder
    return {entry.name for entry in top.iterdir() if not _is_junk(entry.name)} if top.is_dir() else set()


def _zip_names(path: Path) -> tuple[str, ...]:
    if path.suffix.lower() != ".zip":
        return ()
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = [info for info in bundle.infolist() if not info.is_dir() and not is_outside(info)]
    except (zipfile.BadZipFile, OSError, ValueError):
        return ()
    return tuple(info.filename for info in entries if not _is_junk(info.filename))


def _files(path: Path, folder: str) -> dict[str, Member]:
    """The files below a folder of the download, by their names from there; links are left out."""
    if path.is_file():
        names = [name for name in _zip_names(path) if name.startswith(folder)]
        return {name.removeprefix(folder): Member(name.removeprefix(folder), path, name) for name in names}
    top = path / folder
    found = (file for file in sorted(top.rglob("*")) if file.is_file() and not file.is_symlink())
    named = {file.relative_to(top).as_posix(): file for file in found}
    return {name: Member(name, file) for name, file in named.items() if not _is_junk(name)}


def _from_canvas(path: Path, files: Files) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for name, member in files.items():
        match = _CANVAS.fullmatch(name)
        if match is None:
            continue
        who = match["user"] or match["anonymous"]
        sid = safe_id(f"{match['name']}_{who}" if match["name"] else who)
        own = match["file"] or match["entry"] or match["blind"] or match["blind_entry"]
        student = Student(name=match["name"] or "", canvas=match["user"] or "", download=name)
        source = found.get(sid) or Source(sid, path, students=(student,))
        is_late = source.marked_late or bool(match["late"] or match["blind_late"])
        found[sid] = _with(replace(source, marked_late=is_late), replace(member, name=_imported(own)))
    return tuple(found.values())


def _imported(name: str) -> str:
    again = _UPLOADED_AGAIN.fullmatch(name)
    return f"{again[1]}.py" if again else name


def _with(source: Source, member: Member) -> Source:
    """The source with one more file; a second one of the same name is told apart by a number in front."""
    taken = {m.name for m in source.members}
    if member.name in taken:
        member = replace(member, name=f"{len(taken)}_{member.name}")
    return replace(source, members=(*source.members, member))


def _from_moodle(path: Path, files: Files) -> tuple[Source, ...]:
    found: dict[str, Source] = {}
    for name, member in files.items():
        top, _, below = name.partition("/")
        match = _MOODLE.fullmatch(top)
        if match is None:
            continue
        sid = safe_id(f"{match['name']}_{match['participant']}")
        download = top if below else f"{match['name']}_{match['participant']}_assignsubmission_{match['plugin']}"
        student = Student(name=match["name"], moodle=match["participant"], download=download)
        source = found.get(sid) or Source(sid, path, students=(student,))
        if match["plugin"] == "file":
            source = replace(source, students=(student,))
        found[sid] = _with(source, replace(member, name=below or match["file"] or top))
    return tuple(found.values())


def _from_gradescope(path: Path, files: Files) -> tuple[Source, ...]:
    told = _metadata(files[METADATA]) if METADATA in files else {}
    members: dict[str, list[Member]] = {}
    for name, member in files.items():
        top, _, below = name.partition("/")
        if below and _GRADESCOPE.fullmatch(top):
            members.setdefault(top, []).append(replace(member, name=below))
    found: dict[str, Source] = {}
    for top, own in members.items():
        source = _gradescope_source(path, top, told.get(top), tuple(own))
        sid = source.id if source.id not in found else f"{source.id}_{top.removeprefix('submission_')}"
        found[sid] = replace(source, id=sid)
    return tuple(found.values())


def _gradescope_source(path: Path, top: str, record: Any, members: tuple[Member, ...]) -> Source:
    record = record if isinstance(record, dict) else {}
    listed = record.get(":submitters")
    students = tuple(_submitter(one, top) for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()
    marks = sorted(s.number or s.email or s.name for s in students)
    made = record.get(":created_at")
    handed_in = made.isoformat() if isinstance(made, datetime) else str(made or "")
    return Source(safe_id("+".join(m for m in marks if m) or top), path, handed_in, members=members, students=students)


def _submitter(one: Mapping[str, Any], top: str) -> Student:
    def text(key: str) -> str:
        return " ".join(str(one.get(key) or "").split())

    return Student(name=text(":name"), email=text(":email"), number=text(":sid"), download=top)


def _metadata(member: Member) -> dict[str, Any]:
    """Gradescope's list of submissions; tags that are not YAML's own count for nothing, and a broken list is none."""
    import yaml

    class Plain(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """Safe, and deaf to foreign tags."""

    Plain.add_multi_constructor("!", lambda *_: None)
    try:
        read = yaml.load(_read(member), Loader=Plain)  # noqa: S506 - a safe loader
    except (yaml.YAMLError, ValueError, OSError, RecursionError, zipfile.BadZipFile):
        return {}
    return read if isinstance(read, dict) else {}


def _read(member: Member) -> str:
    if not member.inner:
        with member.path.open("rb") as stream:
            return stream.read(_MOST_METADATA).decode("utf-8", errors="replace")
    with zipfile.ZipFile(member.path) as bundle, bundle.open(member.inner) as entry:
        return entry.read(_MOST_METADATA).decode("utf-8", errors="replace")
