"""Notebook files: read and upgraded where that is safe, or a clear sentence about what is wrong with them."""

from __future__ import annotations

import json
from typing import Any

from grader.intake.documents import Outline, headings_in
from grader.model.submission import Cell, Fault, Part

MAX_BYTES = 256 * 2**20
MAX_CELLS = 20_000
MAX_NAME = 100


class NotebookFault(Exception):
    """A file that is no usable notebook."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text

    def at(self, path: str) -> Fault:
        return Fault(path=path, code=self.code, text=self.text)


def read_notebook(data: bytes, path: str) -> Part:
    """The notebook in these bytes, as nbformat 4.

    Raises:
        NotebookFault: it cannot be read; the text says why and how to mend it.
    """
    content = _upgrade(_json(data))
    language = content.metadata.get("language_info", {}).get("name") or content.metadata.get("kernelspec", {}).get("language")
    outline = Outline()
    cells: list[Cell] = []
    for index, raw in enumerate(content.cells):
        source = "".join(raw.source) if isinstance(raw.source, list) else str(raw.source)
        path_here = headings_in(source, outline) if raw.cell_type == "markdown" else outline.path
        kind = raw.cell_type if raw.cell_type in ("code", "markdown") else "raw"
        cells.append(Cell(index=index, kind=kind, source=source, headings=path_here))
    kernel = str(content.metadata.get("kernelspec", {}).get("name") or "")[:MAX_NAME]
    return Part(path=path, kind="notebook", cells=tuple(cells), language=str(language or "python").lower(), kernel=kernel)


def _json(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise NotebookFault("too_large", f"The notebook has {len(data):,} bytes. Clear its outputs and hand it in again.")
    if not data.strip():
        raise NotebookFault("empty_file", "The file is empty (0 bytes). Save the notebook again and hand it in.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotebookFault("not_utf8", f"The file is not UTF-8 text (byte {error.start}). Save it again in Jupyter.") from error
    _look_for_known_trouble(text)
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        message = f"The file is not a notebook: its JSON breaks off or is damaged at line {error.lineno}, column {error.colno}."
        raise NotebookFault("not_json", message + " Open it in Jupyter, save it and hand it in again.") from error
    except RecursionError as error:
        raise NotebookFault("too_deep", "The file is not a notebook: its JSON is nested too deeply.") from error
    if not isinstance(content, dict):
        raise NotebookFault("not_notebook", "The file holds JSON, but no notebook. Save it again in Jupyter.")
    return content


def _look_for_known_trouble(text: str) -> None:
    head = text[:2000].lstrip()
    if head.startswith("version https://git-lfs"):
        raise NotebookFault(
            "lfs_pointer", "The file is a Git LFS pointer, not the notebook. Run `git lfs pull` and hand in again."
        )
    if head[:15].lower().startswith(("<!doctype", "<html")):
        raise NotebookFault("html", "The file is a web page, not the notebook: the download went wrong. Download it again.")
    if "\n<<<<<<< " in text and "\n>>>>>>> " in text:
        raise NotebookFault(
            "merge_conflict", "The file holds marks of an unresolved Git merge (<<<<<<<). Resolve it and hand in again."
        )
    if head and not head.startswith("{"):
        raise NotebookFault(
            "not_notebook", "The file is no notebook: its text does not begin with `{`. Is it a renamed .py file?"
        )


def _bound(content: dict[str, Any]) -> None:
    """Before anything is done with each cell: that there are not too many; their old outputs are not needed."""
    sheets = content.get("worksheets")
    holders = [content, *(sheets if isinstance(sheets, list) else [])]
    lists = [h["cells"] for h in holders if isinstance(h, dict) and isinstance(h.get("cells"), list)]
    if sum(map(len, lists)) > MAX_CELLS:
        count = sum(map(len, lists))
        raise NotebookFault("too_many_cells", f"The notebook has {count:,} cells; at most {MAX_CELLS:,} are taken.")
    for cell in (cell for cells in lists for cell in cells if isinstance(cell, dict)):
        cell.update({"outputs": []} if "outputs" in cell else {})
        cell.pop("attachments", None)


def _upgrade(content: dict[str, Any]) -> Any:
    import nbformat

    if not isinstance(content.get("nbformat"), int):
        raise NotebookFault("not_notebook", "The file holds JSON, but no notebook: `nbformat` is missing.")
    if content["nbformat"] > 4:
        raise NotebookFault("too_new", f"The notebook has format {content['nbformat']}; save it as nbformat 4.")
    _bound(content)
    try:
        notebook = nbformat.from_dict(content)
        if content["nbformat"] < 4:
            notebook = nbformat.convert(notebook, 4)
        if not isinstance(notebook.cells, list) or not all(
            hasattr(c, "cell_type") and hasattr(c, "source") for c in notebook.cells
        ):
            raise NotebookFault(
                "bad_cells", "The notebook's list of cells is damaged. Open it in Jupyter, save it and hand it in again."
            )
        if not isinstance(notebook.get("metadata", {}), dict):
            notebook["metadata"] = nbformat.from_dict({})
        notebook.setdefault("metadata", nbformat.from_dict({}))
    except NotebookFault:
        raise
    except Exception as error:
        message = f"The notebook cannot be read ({type(error).__name__}). Open it in Jupyter, save it and hand it in again."
        raise NotebookFault("bad_notebook", message) from error
    return notebook
