"""The executed notebook: the student's cells with the outputs the box saw, as nbformat 4."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from grader.model.evidence import CellRun, Run
from grader.model.submission import Part, Submission

_MIME_KEPT = frozenset({"text/plain", "text/html", "text/latex", "text/markdown", "image/png", "image/jpeg", "image/svg+xml"})
"""Others (JavaScript, widgets) do nothing useful outside a live kernel and something harmful in it."""


def executed_notebook(submission: Submission, run: Run) -> dict[str, str]:
    """File name to notebook JSON: ``executed.ipynb``, and one more for every further part that ran."""
    parts = [p for p in submission.parts if p.kind != "document"]
    texts = {}
    for number, part in enumerate(parts):
        name = "executed.ipynb" if number == 0 else f"executed-{PurePosixPath(part.path).stem}.ipynb"
        texts[name] = _notebook(part, {c.cell or 0: c for c in run.cells if c.part == part.path})
    return texts


def _notebook(part: Part, runs: dict[int, CellRun]) -> str:
    import nbformat.v4 as v4

    count = 0
    cells = []
    for cell in part.cells:
        if cell.kind == "markdown":
            made = v4.new_markdown_cell(cell.source)
        elif cell.kind == "raw":
            made = v4.new_raw_cell(cell.source)
        else:
            run = runs.get(cell.index)
            count += run is not None
            made = v4.new_code_cell(cell.source, execution_count=count if run else None)
            made.outputs = [_output(o) for o in _outputs(run)] if run else []
        made["id"] = f"cell-{cell.index}"
        cells.append(made)
    notebook = v4.new_notebook(cells=cells)
    notebook.metadata["language_info"] = {"name": part.language}
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _output(output: dict[str, Any]) -> Any:
    import nbformat

    return nbformat.from_dict(output)


def _outputs(run: CellRun) -> list[dict[str, Any]]:
    """The outputs of one cell that are well-formed; what the box sent is not trusted to be."""
    outputs: list[dict[str, Any]] = []
    for name, text in (("stdout", run.stdout), ("stderr", run.stderr)):
        if text:
            outputs.append({"output_type": "stream", "name": name, "text": text})
    try:
        rich = json.loads(run.outputs)
    except (ValueError, RecursionError):
        rich = []
    for item in rich if isinstance(rich, list) else []:
        kept = _rich(item)
        if kept is not None:
            outputs.append(kept)
    if run.error is not None:
        lines = [f"{f.file}, line {f.line}: {f.code}" for f in run.error.frames]
        traceback = [*lines, f"{run.error.kind}: {run.error.message}"]
        outputs.append({"output_type": "error", "ename": run.error.kind, "evalue": run.error.message, "traceback": traceback})
    elif run.status in ("timed_out", "died"):
        word = {"timed_out": "The cell was stopped: it ran too long.", "died": "The process ended in this cell."}[run.status]
        outputs.append({"output_type": "stream", "name": "stderr", "text": word + "\n"})
    return outputs


def _rich(item: Any) -> dict[str, Any] | None:
    if not isinstance(item, dict) or item.get("output_type") not in ("display_data", "execute_result"):
        return None
    data = item.get("data")
    if not isinstance(data, dict):
        return None
    kept = {mime: text for mime, text in data.items() if mime in _MIME_KEPT and isinstance(text, str)}
    if not kept:
        return None
    made: dict[str, Any] = {"output_type": item["output_type"], "data": kept, "metadata": {}}
    if item["output_type"] == "execute_result":
        made["execution_count"] = None
    return made
