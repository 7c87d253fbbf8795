"""Submissions in Git repositories: a list of them, and each one cloned at its deadline, running nothing of it.

A repository is a stranger's: hooks, submodules, LFS and other filters, credentials' prompts and odd transports are off.
"""

from __future__ import annotations

import csv
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from grader.errors import UsageError
from grader.intake.submissions import Source
from grader.model.submission import Fault

PATIENCE = 120.0
"""Seconds that one Git command may take."""
TRANSPORTS = ("https", "ssh", "file", "git")
_COMMIT = re.compile(r"[0-9a-fA-F]{7,64}")
_ID = re.compile(r"[A-Za-z0-9_][\w.@+-]{0,99}", re.ASCII)
_SAFE = {
    "core.hooksPath": os.devnull,
    "core.fsmonitor": "false",
    "core.symlinks": "false",
    "core.attributesFile": os.devnull,
    "core.protectNTFS": "true",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "filter.lfs.smudge": "",
    "filter.lfs.process": "",
    "filter.lfs.clean": "",
    "filter.lfs.required": "false",
    "credential.helper": "",
    "protocol.allow": "never",
    "uploadpack.packObjectsHook": "",
    "gc.auto": "0",
    "advice.detachedHead": "false",
    **{f"protocol.{name}.allow": "always" for name in TRANSPORTS},
}


class GitFault(Exception):
    """A repository that could not be had; the text says why."""


@dataclass(frozen=True, slots=True)
class Repository:
    """One line of the list. `deadline` is a commit, an ISO 8601 time with its offset, or "" for the newest commit."""

    id: str
    url: str
    deadline: str = ""


def read_list(path: Path) -> tuple[Repository, ...]:
    """The repositories of a CSV list with the columns ``id``, ``url`` and, if wanted, ``deadline``.

    Raises:
        UsageError: it cannot be read, lacks a column, names somebody twice, or holds a value that cannot be used.
    """
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"cannot read the list {path}: {error}") from error
    if not rows or not {"id", "url"} <= set(rows[0]):
        raise UsageError(f"{path}: a list of repositories begins with the line `id,url` or `id,url,deadline`")
    found: dict[str, Repository] = {}
    for number, row in enumerate(rows, 2):
        one = Repository(*((row.get(column) or "").strip() for column in ("id", "url", "deadline")))
        if wrong := _wrong(one, found):
            raise UsageError(f"{path}:{number}: {wrong}")
        found[one.id] = one
    return tuple(sorted(found.values(), key=lambda r: r.id))


def _wrong(one: Repository, earlier: Mapping[str, Repository]) -> str:
    if not _ID.fullmatch(one.id):
        return f"`{one.id}` is no id: letters, digits and . _ @ + - only"
    if one.id in earlier:
        return f"`{one.id}` stands twice"
    if not re.match(rf"(?:{'|'.join(TRANSPORTS)})://[^\s-]|[\w.-]+@[\w.-]+:[^\s-]", one.url):
        return f"`{one.url}` is no address of a repository: it begins with {', '.join(f'{t}://' for t in TRANSPORTS)}"
    if one.deadline and not _COMMIT.fullmatch(one.deadline) and _time(one.deadline) is None:
        return f"`{one.deadline}` is neither a commit nor a time with its offset, such as 2026-02-03T23:59:00-05:00"
    return ""


def _time(text: str) -> datetime | None:
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return read if read.tzinfo is not None else None


def clone_all(repositories: tuple[Repository, ...], room: Path) -> Iterator[Source]:
    """Each repository's files below `room`, without ``.git``. One that cannot be had is an empty source with a fault."""
    for repository in repositories:
        target = room / repository.id
        try:
            yield _clone(repository, target)
        except GitFault as fault:
            shutil.rmtree(target, ignore_errors=True)
            target.mkdir(parents=True, exist_ok=True)
            text = f"The repository cannot be cloned: {without_credentials(str(fault))}"
            told = Fault(path=without_credentials(repository.url), code="not_cloned", text=text)
            yield Source(repository.id, target, faults=(told,))


def without_credentials(text: str) -> str:
    """The text without the names, passwords and tokens in its addresses: students read it."""
    return re.sub(r"(\w://)[^/@\s]*@", r"\1", text)


def _clone(repository: Repository, target: Path) -> Source:
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    _git(target, "init", "--quiet", "--template=")
    _git(target, "remote", "add", "origin", repository.url)
    commit = _fetch(repository, target)
    handed_in = _git(target, "show", "--no-patch", "--format=%cI", commit).strip()
    _git(target, "checkout", "--quiet", "--force", "--detach", commit)
    shutil.rmtree(target / ".git", ignore_errors=True)
    return Source(repository.id, target, handed_in=handed_in)


def _fetch(repository: Repository, target: Path) -> str:
    """Bring what is needed, as little of the history as will do; the commit to take."""
    deadline = repository.deadline
    by = _time(deadline) if deadline and not _COMMIT.fullmatch(deadline) else None
    if not deadline:
        _git(target, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", "HEAD")
    elif by is None:
        return _fetch_commit(deadline, target)
    else:
        _git(target, "fetch", "--quiet", "--no-tags", "origin", "HEAD")
        before = _git(target, "rev-list", "--max-count=1", f"--before={int(by.timestamp())}", "FETCH_HEAD").strip()
        if not before:
            raise GitFault(f"it has no commit up to {deadline}")
        return before
    return "FETCH_HEAD"


def _fetch_commit(commit: str, target: Path) -> str:
    """A commit by its name; where the server gives no single commits, or the name is short, the branch's history is searched."""
    try:
        _git(target, "fetch", "--quiet", "--no-tags", "--depth=1", "origin", commit)
    except GitFault:
        _git(target, "fetch", "--quiet", "--no-tags", "origin", "HEAD")
        return _git(target, "rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").strip()
    return "FETCH_HEAD"


def _git(folder: Path, *arguments: str) -> str:
    settings = [part for key, value in _SAFE.items() for part in ("-c", f"{key}={value}")]
    try:
        done = subprocess.run(
            ["git", *settings, *arguments],
            cwd=folder,
            env=_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=PATIENCE,
        )
    except FileNotFoundError as error:
        raise UsageError("there is no git on the PATH") from error
    except subprocess.TimeoutExpired as error:
        raise GitFault(f"git did not answer within {PATIENCE:.0f} s") from error
    if done.returncode:
        lines = [line for line in done.stderr.strip().splitlines() if line.strip()]
        raise GitFault(lines[0][:300] if lines else f"git {arguments[0]} ended with {done.returncode}")
    return done.stdout


def _environment() -> dict[str, str]:
    """What Git needs of ours: where things are and the user's SSH agent, and none of the settings of this machine."""
    kept = ("PATH", "HOME", "SSH_AUTH_SOCK", "SYSTEMROOT", "LANG", "SSL_CERT_FILE", "HTTPS_PROXY", "https_proxy")
    return {
        **{name: os.environ[name] for name in kept if name in os.environ},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_SSH_COMMAND": "ssh -oBatchMode=yes",
    }
