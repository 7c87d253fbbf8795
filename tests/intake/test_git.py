"""Repositories become submissions: at the deadline, with nothing of theirs run, and with a row where a clone fails."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from grader.errors import UsageError
from grader.intake.git import Repository, clone_all, read_list
from grader.intake.submissions import Source, read_submission

EARLY, LATE = "2026-02-01T10:00:00+00:00", "2026-02-05T10:00:00+00:00"


def git(folder: Path, *arguments: str, when: str = EARLY) -> str:
    who = {f"GIT_{role}_{key}": value for role in ("AUTHOR", "COMMITTER") for key, value in (("NAME", "a"), ("EMAIL", "a@b"))}
    env = {"PATH": os.environ["PATH"], **who, "GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when, "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {"GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.run(["git", *arguments], cwd=folder, env=env, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "origin"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    for text, when in (("x = 1\n", EARLY), ("x = 2\n", LATE)):
        (folder / "hw.py").write_text(text)
        git(folder, "add", ".")
        git(folder, "commit", "--quiet", "-m", text, when=when)
    return folder


def clone(tmp_path: Path, repository: Path, deadline: str = "") -> Source:
    (source,) = clone_all((Repository("aster", f"file://{repository}", deadline),), tmp_path / "clones")
    return source


def test_without_a_deadline_the_newest_commit_is_taken_with_its_time(tmp_path: Path, repository: Path) -> None:
    source = clone(tmp_path, repository)
    assert (source.path / "hw.py").read_text() == "x = 2\n"
    assert source.handed_in.startswith("2026-02-05T10:00:00")
    assert read_submission(source, tmp_path).handed_in == source.handed_in


def test_a_time_takes_the_last_commit_up_to_it(tmp_path: Path, repository: Path) -> None:
    source = clone(tmp_path, repository, "2026-02-03T23:59:00-05:00")
    assert (source.path / "hw.py").read_text() == "x = 1\n"
    assert not (source.path / ".git").exists()


@pytest.mark.parametrize("length", [40, 10])
def test_a_commit_is_taken_by_its_name(tmp_path: Path, repository: Path, length: int) -> None:
    commit = git(repository, "rev-parse", "HEAD~1")[:length]
    assert (clone(tmp_path, repository, commit).path / "hw.py").read_text() == "x = 1\n"


@pytest.mark.parametrize("deadline", ["2020-01-01T00:00:00+00:00", "0123456789abcdef0123456789abcdef01234567"])
def test_a_deadline_without_a_commit_is_a_fault_of_that_submission_alone(tmp_path: Path, repository: Path, deadline: str) -> None:
    (source,) = [clone(tmp_path, repository, deadline)]
    submission = read_submission(source, tmp_path)
    assert [f.code for f in submission.faults] == ["not_cloned"]
    assert submission.parts == ()


def test_a_repository_that_is_not_there_keeps_its_row_and_the_others_theirs(tmp_path: Path, repository: Path) -> None:
    listed = (Repository("aster", f"file://{tmp_path}/none"), Repository("birch", f"file://{repository}"))
    first, second = clone_all(listed, tmp_path / "clones")
    assert "cannot be cloned" in first.faults[0].text
    assert second.faults == ()
    assert read_submission(first, tmp_path).digest != read_submission(Source("x", first.path), tmp_path).digest


def test_a_token_in_an_address_is_not_told_with_the_fault(tmp_path: Path) -> None:
    listed = (Repository("aster", "file://user:s3cret@localhost/none"),)
    (source,) = clone_all(listed, tmp_path / "clones")
    assert source.faults
    assert "s3cret" not in source.faults[0].model_dump_json()


def test_nothing_of_a_repository_is_run_or_followed(tmp_path: Path, repository: Path) -> None:
    mark = tmp_path / "ran"
    (repository / ".gitattributes").write_text("*.py filter=evil\n*.bin filter=lfs\n")
    (repository / "big.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
    (repository / ".gitmodules").write_text(f'[submodule "s"]\n\tpath = s\n\turl = {repository}\n')
    (repository / "link").symlink_to("/etc/passwd")
    git(repository, "add", ".")
    git(repository, "commit", "--quiet", "-m", "traps")
    for name in ("post-checkout", "post-update"):
        hook = repository / ".git" / "hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {mark}\n")
        hook.chmod(0o755)
    source = clone(tmp_path, repository)
    assert not mark.exists()
    assert not (source.path / "link").is_symlink()
    assert (source.path / "big.bin").read_text().startswith("version https://git-lfs")


def test_a_list_is_read_in_the_order_of_its_ids(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,url,deadline\nbirch,https://example.org/b.git,\naster,git@example.org:a.git,2026-02-03T23:59:00+00:00\n")
    assert [r.id for r in read_list(path)] == ["aster", "birch"]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ("../a,https://example.org/a.git,", "no id"),
        ("a,ext::sh -c touch% /tmp/x,", "no address"),
        ("a,--upload-pack=touch,", "no address"),
        ("a,https://example.org/a.git,tomorrow", "neither a commit nor a time"),
        ("a,https://example.org/a.git,2026-02-03T23:59:00", "neither a commit nor a time"),
        ("a,https://example.org/a.git,\na,https://example.org/b.git,", "stands twice"),
    ],
)
def test_a_line_that_cannot_be_used_is_named_with_its_number(tmp_path: Path, row: str, says: str) -> None:
    path = tmp_path / "list.csv"
    path.write_text(f"id,url,deadline\n{row}\n")
    with pytest.raises(UsageError, match=rf"list.csv:\d: .*{says}"):
        read_list(path)
