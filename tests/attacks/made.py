"""Submissions that are hostile by their files: archives, links, names, and notebooks that no editor wrote."""

from __future__ import annotations

import io
import json
import os
import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

from tests.attacks.build import pack, right_notebook

MANY_CELLS = 1_000_000
DEEP = 100_000
HUGE = 200_000_000


def _right() -> bytes:
    return json.dumps(right_notebook()).encode()


def zip_slip(folder: Path) -> None:
    """Names that climb out, an absolute one, and a link to a file of the host, beside a right notebook."""
    with zipfile.ZipFile(folder.with_name(folder.name + ".zip"), "w") as archive:
        archive.writestr("hw.ipynb", _right())
        for name in ("../../escaped.txt", "/tmp/escaped.txt", "..\\..\\escaped.txt", "a/../../escaped.txt"):
            archive.writestr(name, b"x")
        link = zipfile.ZipInfo("link")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")


def linked_folder(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "hw.ipynb").write_bytes(_right())
    (folder / "passwd").symlink_to("/etc/passwd")
    (folder / "all").symlink_to("/")
    (folder / "zero").symlink_to("/dev/zero")
    (folder / "self").symlink_to(".")
    os.mkfifo(folder / "pipe")


def odd_names(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "hw.ipynb").write_bytes(_right())
    for name in (
        "-rf",
        "--help",
        "a\nb.txt",
        "\x1b[2J.txt",
        "\u202etxt.exe",
        "a" * 250,
        "%2e%2e%2fx",
        "$(id)",
        "';DROP TABLE",
        " ",
        "nul",
    ):
        (folder / name).write_text("x", encoding="utf-8")
    (folder / os.fsdecode(b"\xff\xfe.txt")).write_text("x", encoding="utf-8")
    deep = folder / "/".join(["d" * 100] * 12)
    deep.mkdir(parents=True)
    (deep / "x.txt").write_text("x", encoding="utf-8")


def million_cells(folder: Path) -> None:
    folder.mkdir(parents=True)
    cells = b",".join([b'{"cell_type":"code","source":"x=1","metadata":{},"outputs":[]}'] * MANY_CELLS)
    (folder / "hw.ipynb").write_bytes(b'{"nbformat":4,"nbformat_minor":4,"metadata":{},"cells":[' + cells + b"]}")


def deep_json(folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "hw.ipynb").write_bytes(
        b'{"nbformat":4,"nbformat_minor":4,"metadata":' + b'{"x":[' * DEEP + b"]}" * DEEP + b',"cells":[]}'
    )


def huge_outputs(folder: Path) -> None:
    folder.mkdir(parents=True)
    content = right_notebook()
    content["cells"][0]["outputs"] = [{"output_type": "stream", "name": "stdout", "text": "x" * HUGE}]
    (folder / "hw.ipynb").write_text(json.dumps(content), encoding="utf-8")


def zip_bomb(folder: Path) -> None:
    """Archives of 400 MB of zeros each, many names for the same content."""
    inner = io.BytesIO()
    with (
        zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
        archive.open("0", "w", force_zip64=True) as file,
    ):
        for _ in range(400):
            file.write(bytes(10**6))
    with zipfile.ZipFile(inner) as archive:
        info = archive.getinfo("0")
        start = info.header_offset
    data = inner.getvalue()
    local = data[start : archive.start_dir]
    directory = data[archive.start_dir :]
    entry, end = directory[:-22], directory[-22:]
    many = 20  # entries of the directory that all point at the one file
    entries = b"".join(entry[:46] + str(i % 10).encode() + entry[47:] for i in range(many))
    end = end[:8] + many.to_bytes(2, "little") * 2 + len(entries).to_bytes(4, "little") + end[16:]
    folder.with_name(folder.name + ".zip").write_bytes(local + entries + end)


def zip_many(folder: Path) -> None:
    pack(folder, {f"{'d/' * (i % 50)}{i}.txt": b"x" for i in range(20_000)})


def odd_metadata(folder: Path) -> None:
    folder.mkdir(parents=True)
    content = right_notebook()
    content["cells"] = [c for c in content["cells"] if c["cell_type"] == "code"][:1]
    bad = "<script>alert('poisoned')</script>"
    content["metadata"] = {
        "kernelspec": {"name": "../../evil", "display_name": bad, "language": "python"},
        "language_info": {"name": "python", "version": bad, "nbconvert_exporter": "os.system", "codemirror_mode": bad},
        "widgets": {"application/vnd.jupyter.widget-state+json": {"state": {bad: bad}}},
        "title": bad,
        "authors": [{"name": bad}],
        "jupytext": {"formats": "../../x"},
    }
    content["cells"][0]["metadata"] = {"tags": [bad, "remove_cell"], "execution": {"iopub.execute_input": bad}}
    content["cells"][0]["attachments"] = {"x.svg": {"image/svg+xml": bad}}
    (folder / "hw.ipynb").write_text(json.dumps(content), encoding="utf-8")


def future_times(folder: Path) -> None:
    """Files of a time that no date can tell, and of one before all times."""
    folder.mkdir(parents=True)
    (folder / "hw.ipynb").write_bytes(_right())
    for name, when in (("later.txt", 2**34), ("earlier.txt", -(2**31)), ("hw.ipynb", 2**33)):
        (folder / name).touch()
        os.utime(folder / name, (when, when))
    os.utime(folder, (2**34, 2**34))


def huge_pictures(folder: Path) -> None:
    """Pictures of 20 MB, one of them none, and two megabytes of a vector drawing."""
    folder.mkdir(parents=True)
    content = right_notebook()
    pictures = [
        {"image/png": "iVBORw0KGgo" + "A" * 20_000_000},
        {"image/jpeg": "!" * 1_000_000},
        {"image/svg+xml": "<g>" * 700_000},
    ]
    content["cells"][0]["outputs"] = [
        {"output_type": "display_data", "metadata": {}, "data": {"text/plain": "a picture", **picture}} for picture in pictures
    ]
    (folder / "hw.ipynb").write_text(json.dumps(content), encoding="utf-8")


MADE: dict[str, Callable[[Path], None]] = {
    maker.__name__: maker
    for maker in (
        *(zip_slip, linked_folder, odd_names, million_cells, deep_json, huge_outputs, zip_bomb, zip_many, odd_metadata),
        *(future_times, huge_pictures),
    )
}
