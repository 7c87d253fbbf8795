"""Runs code cells and modules, and records what each put out and how it ended."""

from __future__ import annotations

import ast
import importlib.util
import linecache
import os
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from .errors import Files, message_of, raised, traceback_lines
from .interrupts import Interrupts
from .outputs import Outputs
from .plots import FigureLog
from .streams import Streams

_clock = time.perf_counter  # student code may replace the one in `time`


class Runner(Protocol):
    """What runs the code of one part. `namespace` holds the names it defined."""

    namespace: dict[str, Any]

    def run(self, index: int, source: str, outputs: Outputs) -> BaseException | None:
        """Run one cell; the exception it raised."""
        ...


@dataclass
class Cells:
    """Runs the cells of one part and keeps what each printed and which names each assigned."""

    runner: Runner
    part: str
    files: Files
    limit: int
    left: int
    assigned: dict[str, int] = field(default_factory=dict)
    printed: dict[int, str] = field(default_factory=dict)

    def run(self, index: int, source: str, after: Callable[[], None], interrupts: Interrupts) -> dict[str, Any]:
        """One cell as a `CellRun`; `after` runs within it (to show open figures). Interrupts are ignored from its end on."""
        outputs = Outputs(min(self.limit, self.left))
        before = identities(self.runner.namespace)
        start = _clock()
        error = self._run_guarded(index, source, outputs, after, interrupts)
        seconds = _clock() - start
        for name in assigned_names(source, before, self.runner.namespace):
            self.assigned[name] = index
        return self._record(index, seconds, outputs, error)

    def _run_guarded(
        self, index: int, source: str, outputs: Outputs, after: Callable[[], None], interrupts: Interrupts
    ) -> BaseException | None:
        error: BaseException | None = None
        with Streams(outputs):
            try:
                error = self.runner.run(index, source, outputs)
                self._finish(outputs, after)
            except BaseException as escaped:  # an interrupt may come between any two of our lines
                error = error or escaped
            interrupts.ignore()
        return error

    def _finish(self, outputs: Outputs, after: Callable[[], None]) -> None:
        """As in Jupyter, a figure that cannot be drawn is shown as an error, but the cell has not failed."""
        try:
            after()
        except Exception as error:
            outputs.error(type(error).__name__, message_of(error), traceback_lines(error))

    def _record(self, index: int, seconds: float, outputs: Outputs, error: BaseException | None) -> dict[str, Any]:
        self.printed[index] = outputs.said.getvalue()
        self.left -= outputs.length
        number = index if self.is_notebook else None
        return record(self.part, number, seconds, outputs, None if error is None else raised(error, self.files))

    @property
    def is_notebook(self) -> bool:
        """A module's one cell goes without a number."""
        return not isinstance(self.runner, ModuleRunner)


class NotebookRunner:
    """Cells in an IPython shell."""

    def __init__(self, root: str, files: Files, log: FigureLog) -> None:
        from .shell import display, new_shell, show_figures_as

        self.shell = new_shell(root)
        show_figures_as(self.shell, log.picture)
        log.show = display
        self.files = files
        self.namespace: dict[str, Any] = self.shell.user_ns
        self.hidden = frozenset(self.namespace)
        self.names = CodeNames(files)
        self.shell.compile.get_code_name = self.names

    def run(self, index: int, source: str, outputs: Outputs) -> BaseException | None:
        """Run one cell as Jupyter does."""
        self.names.index = index
        self.shell.outputs = outputs
        result = self.shell.run_cell(source, store_history=True)
        error: BaseException | None = result.error_before_exec or result.error_in_exec
        return error


class CodeNames:
    """File names for compiled code, from which tracebacks find the cell. `index` is the cell that runs now."""

    def __init__(self, files: Files) -> None:
        self.files = files
        self.index = 0

    def __call__(self, raw: str, transformed: str, number: int) -> str:
        name = f"<cell {self.index} of {self.files.part}>"
        if name in linecache.cache and name in self.files.cells and "".join(linecache.cache[name][2]) != transformed:  # type: ignore[misc]
            name = f"<cell {self.index}.{len(self.files.cells)} of {self.files.part}>"
        self.files.cells[name] = self.index
        return name


class ModuleRunner:
    """A module, imported under its own name."""

    def __init__(self, root: str, path: str) -> None:
        self.root = root
        self.path = path
        self.namespace: dict[str, Any] = {}
        folder = os.path.dirname(os.path.join(root, path))
        sys.path[:] = list(dict.fromkeys([root, folder, *(entry for entry in sys.path if entry)]))

    def run(self, index: int, source: str, outputs: Outputs) -> BaseException | None:
        """Import the file; what is defined before an exception stays to be looked at."""
        name = module_name(self.path)
        spec = importlib.util.spec_from_file_location(name, os.path.join(self.root, self.path))
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        self.namespace = module.__dict__
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
        except BaseException as error:
            outputs.error(type(error).__name__, message_of(error), traceback_lines(error))
            return error
        return None


def module_name(path: str) -> str:
    """The dotted name of a file in the work folder; another one where that name belongs to a library already imported."""
    parts = path.removesuffix(".py").split("/")
    name = ".".join(parts) if all(part.isidentifier() for part in parts) else parts[-1]
    return f"{name}_submitted" if name in sys.modules or name in sys.stdlib_module_names else name


def record(part: str, cell: int | None, seconds: float, outputs: Outputs, error: dict[str, Any] | None) -> dict[str, Any]:
    """The `CellRun` of a cell that came to its end; `error` is the `Raised` of what it raised."""
    return {
        "part": part,
        "cell": cell,
        "status": "ok" if error is None else "raised",
        "seconds": seconds,
        "stdout": outputs.texts["stdout"].getvalue(),
        "stderr": outputs.texts["stderr"].getvalue(),
        "cut": outputs.cut,
        "error": error,
        "outputs": outputs.as_json(),
    }


def identities(namespace: dict[str, Any]) -> dict[str, int]:
    """Which object each name stands for."""
    return {name: id(value) for name, value in list(namespace.items())}


def assigned_names(source: str, before: dict[str, int], namespace: dict[str, Any]) -> list[str]:
    """The names a cell assigned: those its statements bind, and those that now stand for another object."""
    changed = {name for name, value in list(namespace.items()) if before.get(name) != id(value)}
    return [name for name in changed | (_bound_names(source) & set(namespace)) if isinstance(name, str)]


def _bound_names(source: str) -> set[str]:
    """The names a cell's own statements bind; those inside functions and classes are local to them."""
    from IPython.core.inputtransformer2 import TransformerManager

    try:
        tree = ast.parse(TransformerManager().transform_cell(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set()
    names: set[str] = set()
    todo: list[ast.AST] = list(tree.body)
    while todo:
        node = todo.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.add(node.name)
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
        if not isinstance(node, ast.Lambda | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
            todo.extend(ast.iter_child_nodes(node))
    return names
