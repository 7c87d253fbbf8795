"""The files of a platform's download, laid out as the student's own folder."""

from __future__ import annotations

import shutil
import stat
import zipfile
from collections.abc import Iterable
from pathlib import Path

from grader.intake.archives import MAX_BYTES, MAX_FILES, UNREADABLE, is_of_the_host, unpack
from grader.intake.sources import Member
from grader.model.submission import Fault


def lay_out(members: Iterable[Member], target: Path) -> list[Fault]:
    """Copy these files below `target` under their own names, and unpack zips among them; what was left out is returned."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    faults: list[Fault] = []
    left = MAX_BYTES
    for count, member in enumerate(members):
        if count >= MAX_FILES or left <= 0:
            text = "There are more files than are taken; the rest is left out."
            faults.append(Fault(path=member.name, code="too_much", text=text))
            break
        file = target / member.name
        if not file.resolve().is_relative_to(target.resolve()):
            faults.append(Fault(path=member.name, code="not_a_file", text="A path outside the submission is not taken."))
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        try:
            left -= _copy(member, file, left)
        except UNREADABLE as error:
            if is_of_the_host(error):
                raise
            faults.append(Fault(path=member.name, code="unreadable", text=f"The file cannot be read ({error})."))
            continue
        if file.suffix.lower() == ".zip":
            faults += _unpacked(file, target)
    return faults


def is_outside(info: zipfile.ZipInfo) -> bool:
    """A link, or a path that would leave the folder it is unpacked in."""
    name = Path(info.filename.replace("\\", "/"))
    return stat.S_ISLNK(info.external_attr >> 16) or name.is_absolute() or ".." in name.parts or not name.parts


def _copy(member: Member, file: Path, most: int) -> int:
    """Copy at most this many bytes; returns how many they were."""
    if not member.inner:
        shutil.copyfile(member.path, file, follow_symlinks=False)
        return file.lstat().st_size
    with zipfile.ZipFile(member.path) as bundle, bundle.open(member.inner) as source, file.open("wb") as sink:
        left = most
        while left > 0 and (chunk := source.read(min(1 << 20, left))):
            sink.write(chunk)
            left -= len(chunk)
    return most - left


def _unpacked(archive: Path, target: Path) -> list[Fault]:
    """Put what a zip holds in its place; a file that is there already stays."""
    room = target.with_name(f"{target.name}.zip")
    faults = unpack(archive, room)
    archive.unlink()
    for path in sorted(room.rglob("*")):
        place = target / path.relative_to(room)
        if path.is_file() and not place.exists():
            place.parent.mkdir(parents=True, exist_ok=True)
            path.rename(place)
    shutil.rmtree(room)
    return faults
