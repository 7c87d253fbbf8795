"""Progress bars of tqdm: as text, without its watching thread, and without the widgets a notebook front end would draw."""

from __future__ import annotations

from .libraries import load


def tame_tqdm() -> None:
    """Make `tqdm.notebook` draw text bars where ipywidgets is not installed; keep tqdm from starting a thread."""
    tqdm = load("tqdm")
    if tqdm is None:
        return
    tqdm.tqdm.monitor_interval = 0
    notebook = load("tqdm.notebook")
    if notebook is not None and load("ipywidgets") is None:
        notebook.tqdm = notebook.tqdm_notebook = tqdm.tqdm
        notebook.trange = notebook.tnrange = tqdm.trange
        tqdm.tqdm_notebook, tqdm.tnrange = tqdm.tqdm, tqdm.trange
