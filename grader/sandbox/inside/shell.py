"""The IPython shell that runs notebook cells: Jupyter's behaviour without a kernel, a terminal or files in the home."""

from __future__ import annotations

import builtins
import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from types import MethodType, ModuleType
from typing import Any

from IPython import version_info
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from IPython.core.profiledir import ProfileDir
from IPython.display import display
from traitlets.config import Config

from .errors import is_deep, traceback_lines
from .outputs import KEPT_TYPES, Outputs

__all__ = ["Shell", "display", "make_tame", "new_shell", "show_figures_as"]

INSTALLERS = re.compile(r"^\s*(sudo\s+)?(\S*python[\d.]*\s+-m\s+|\S+\s+-m\s+)?(pip[\d.]*|conda|mamba|uv|apt|apt-get)\b")
NO_INSTALLING = "Nothing is installed here: the assignment's own library versions are used.\n"
LONGEST_LISTING = 4 * 2**20


class _Publisher(DisplayPublisher):  # type: ignore[misc]  # IPython carries no types
    """`display()` into the cell's outputs."""

    def publish(
        self, data: Any, metadata: Any = None, source: Any = None, *, transient: Any = None, update: bool = False, **rest: Any
    ) -> None:
        self._validate_data(data, metadata)
        display_id = str((transient or {}).get("display_id", ""))
        self.shell.outputs.display(data, metadata or {}, display_id, update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class _Results(DisplayHook):  # type: ignore[misc]
    """The value of a cell's last expression into its outputs."""

    def write_output_prompt(self) -> None:
        """Jupyter shows the prompt beside the output, not in it."""

    def write_format_data(self, format_dict: Any, md_dict: Any = None) -> None:
        self.shell.outputs.result(self.prompt_count, format_dict)

    def finish_displayhook(self) -> None:
        """Nothing is printed after the value."""


class Shell(InteractiveShell):  # type: ignore[misc]
    """One notebook's interpreter. `outputs` is where the cell that runs now writes."""

    displayhook_class = _Results
    display_pub_class = _Publisher

    def __init__(self, **rest: Any) -> None:
        self.outputs = Outputs(2**20)
        super().__init__(**rest)

    def init_ipython_dir(self, ipython_dir: Any) -> None:
        self.ipython_dir = tempfile.mkdtemp(prefix="ipython")

    def init_profile_dir(self, profile_dir: Any) -> None:
        self.profile_dir = ProfileDir(location=os.path.join(self.ipython_dir, "profile"))

    def init_virtualenv(self) -> None:
        """Which libraries there are is the box's affair."""

    def init_history(self) -> None:
        super().init_history()
        shutil.rmtree(self.ipython_dir, ignore_errors=True)  # made by IPython, needed by nobody

    def _tee(self, channel: str) -> Any:
        """IPython's history would keep all that is printed, without bound; our own outputs keep what is needed."""
        return contextlib.nullcontext()

    def _showtraceback(self, etype: Any, evalue: Any, stb: list[str]) -> None:
        self.outputs.error(getattr(etype, "__name__", "Error"), _text(evalue), list(stb))

    def showtraceback(self, *args: Any, **rest: Any) -> None:
        """A traceback as Jupyter shows it; a plain one for deep recursions (seconds to render) and where rendering breaks."""
        error = sys.exc_info()[1]
        if error is not None and is_deep(error):
            self.outputs.error(type(error).__name__, _text(error), traceback_lines(error))
            return
        try:
            super().showtraceback(*args, **rest)
        except Exception:
            if error is not None:
                self.outputs.error(type(error).__name__, _text(error), traceback_lines(error))

    def _format_exception_for_storage(self, exception: BaseException, *rest: Any, **more: Any) -> dict[str, Any]:
        """What the shell's own history keeps of an error; it would ask the exception for its text, unguarded."""
        return {"ename": type(exception).__name__, "evalue": _text(exception), "traceback": []}

    def system(self, cmd: str) -> None:
        """`!command`: its output goes where the cell's does."""
        command = self.var_expand(cmd, depth=1)
        if INSTALLERS.match(command):
            sys.stdout.write(NO_INSTALLING)
            self.user_ns["_exit_code"] = 0
            return
        ended = subprocess.run(command, shell=True, stdin=subprocess.DEVNULL, check=False)  # noqa: S602 (it is what `!` means)
        self.user_ns["_exit_code"] = ended.returncode

    system_piped = system
    system_raw = system

    def getoutput(self, cmd: str, split: bool = True, depth: int = 0) -> Any:
        """`x = !command`."""
        from IPython.utils.text import SList

        command = self.var_expand(cmd, depth=depth + 1)
        if INSTALLERS.match(command):
            text = NO_INSTALLING
        else:
            with subprocess.Popen(command, shell=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:  # noqa: S602
                assert process.stdout is not None
                text = process.stdout.read(LONGEST_LISTING).decode("utf-8", "replace")
                process.stdout.close()
        return SList(text.splitlines()) if split else text

    def enable_matplotlib(self, gui: Any = None) -> Any:
        """`%matplotlib anything`: figures are shown inline here, whatever is asked for."""
        return "inline", "inline"

    def enable_gui(self, gui: Any = None) -> None:
        """There is no event loop of a window system to enter."""

    def enable_pylab(self, gui: Any = None, import_all: bool = True, welcome_message: bool = False) -> Any:
        """`%pylab`: the names it stands for."""
        from IPython.core.pylabtools import import_pylab

        import_pylab(self.user_ns, import_all)
        return "inline", "inline", set()

    def ask_exit(self) -> None:
        """`exit` and `quit` end the cell, as an error."""
        raise SystemExit("the cell asked to end the notebook")


_prepared: list[Shell] = []


def prepare_shell() -> None:
    """Make the next shell now, before a fork; and let one fail before, as rendering an error imports a great deal."""
    main = sys.modules["__main__"]
    _make_shell().run_cell("1 / 0")
    _prepared[:] = [_make_shell()]
    sys.modules["__main__"] = main


def new_shell(root: str) -> Shell:
    """A fresh shell whose code sees the work folder `root` first on its path; replaces an earlier one."""
    shell = _prepared.pop() if _prepared else _make_shell()
    sys.modules["__main__"] = shell.user_module
    sys.path[:] = [root, "", *(entry for entry in sys.path if entry not in ("", root))]  # "" goes along with `%cd`
    _know_inline_backend(shell)
    return shell


def _make_shell() -> Shell:
    InteractiveShell.clear_instance()
    Shell.clear_instance()
    module = ModuleType("__main__")
    module.__dict__["__builtins__"] = builtins
    shell: Shell = Shell.instance(user_module=module, config=shell_config())
    return shell


def make_tame(shell: Any) -> None:
    """Give the shell of a Jupyter kernel those of our ways that the box asks for; a command's output it shows by itself."""
    for method in (
        _system_of_a_kernel,
        Shell.getoutput,
        Shell.enable_matplotlib,
        Shell.enable_gui,
        Shell.enable_pylab,
        Shell.ask_exit,
    ):
        name = "system" if method is _system_of_a_kernel else method.__name__
        setattr(shell, name, MethodType(method, shell))
    shell.system_piped = shell.system_raw = shell.system
    _know_inline_backend(shell)


def _system_of_a_kernel(shell: Any, cmd: str) -> None:
    """`!command`, through a terminal of its own."""
    from IPython.utils.process import system

    command = shell.var_expand(cmd, depth=1)
    if INSTALLERS.match(command):
        sys.stdout.write(NO_INSTALLING)
    shell.user_ns["_exit_code"] = 0 if INSTALLERS.match(command) else system(command)


def show_figures_as(shell: Shell, picture: Callable[[Any], bytes | None]) -> None:
    """Have `picture` render every matplotlib figure that is displayed."""
    shell.display_formatter.formatters["image/png"].for_type_by_name("matplotlib.figure", "Figure", picture)


def shell_config() -> Config:
    """No history, no colours, and only the kinds of output that are kept."""
    config = Config()
    config.HistoryManager.enabled = False
    config.HistoryManager.hist_file = ":memory:"
    config.InteractiveShell.colors = "nocolor" if version_info >= (9,) else "NoColor"
    config.InteractiveShell.color_info = False
    config.InteractiveShell.history_length = 0
    config.InteractiveShell.cache_size = 1000
    config.DisplayFormatter.active_types = [kind for kind in KEPT_TYPES if kind != "image/jpeg"]
    return config


def _know_inline_backend(shell: Shell) -> None:
    """`%config InlineBackend.figure_format = ...` must be accepted."""
    try:
        from matplotlib_inline.config import InlineBackend
    except ImportError:
        return
    shell.configurables.append(InlineBackend.instance(parent=shell))


def _text(value: object) -> str:
    try:
        return str(value)[:2000]
    except BaseException:
        return ""
