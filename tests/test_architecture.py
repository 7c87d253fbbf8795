"""The walls between packages: imports go one way, the pure part stays pure, what is heavy is imported where it is used."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "grader"

RANK = {
    "cli": 0,
    "web": 0,
    "pipeline": 1,
    "oracle": 1,
    "trial": 1,
    "selfcheck": 1,
    "cluster": 1,
    "release": 1,
    "intake": 2,
    "sandbox": 2,
    "store": 2,
    "reports": 2,
    "grading": 3,
    "quality": 3,
    "checks": 4,
    "symbolic": 5,
    "model": 6,
    "errors": 6,
}
SAME_RANK_ALLOWED = {
    ("cli", "web"),
    ("pipeline", "cluster"),
    ("pipeline", "oracle"),
    ("oracle", "cluster"),
    ("selfcheck", "oracle"),
    ("release", "oracle"),
    ("trial", "oracle"),
    ("trial", "pipeline"),
    ("store", "reports"),
    ("intake", "sandbox"),
}
"""A command starts the review page; the pipeline maps by the cluster and asks the oracle, as do others who need the reference; a
trial is one more class for it; the run folder writes the reports it is given the functions of; a library in C reads students'
files in a child with limits."""
PURE = ("model", "symbolic", "checks", "grading", "quality", "reports")
FORBIDDEN_MODULES = {"os", "subprocess", "time", "socket", "shutil", "tempfile", "threading", "multiprocessing", "torch"}
FORBIDDEN_CALLS = {"print", "open", "eval", "exec", "compile", "input", "__import__"}


@dataclass(frozen=True)
class Import:
    file: Path
    line: int
    module: str
    names: tuple[str, ...]
    top_level: bool


def files(*packages: str) -> list[Path]:
    found = sorted(ROOT.rglob("*.py")) if not packages else [f for p in packages for f in sorted((ROOT / p).rglob("*.py"))]
    assert found
    return found


def imports(file: Path) -> Iterator[Import]:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    inner = {id(n) for f in ast.walk(tree) if isinstance(f, ast.FunctionDef | ast.AsyncFunctionDef) for n in ast.walk(f)}
    typing_only = {
        id(n) for i in ast.walk(tree) if isinstance(i, ast.If) and "TYPE_CHECKING" in ast.dump(i.test) for n in ast.walk(i)
    }
    for node in ast.walk(tree):
        top = id(node) not in inner and id(node) not in typing_only
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, (), top)
        elif isinstance(node, ast.ImportFrom):
            package = file.relative_to(ROOT.parent).with_suffix("").parts[: -node.level] if node.level else ()
            module = ".".join([*package, node.module or ""]).strip(".")
            yield Import(file, node.lineno, module, tuple(a.name for a in node.names), top)


def room(module: str) -> str:
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "grader" else ""


def test_every_room_has_its_place_in_the_order() -> None:
    modules = {p.stem for p in ROOT.glob("*.py")}
    rooms = modules | {p.parent.name for p in ROOT.glob("*/*.py")}
    assert rooms - {"__init__", "__main__"} <= RANK.keys()


def test_imports_go_right_only() -> None:
    wrong = []
    for file in files():
        own = file.relative_to(ROOT).parts[0].removesuffix(".py")
        if own not in RANK:
            continue
        for found in imports(file):
            targets = [room(found.module)] if found.module != "grader" else list(found.names)
            for target in targets:
                upward = target in RANK and target != own and RANK[target] <= RANK[own]
                if upward and (own, target) not in SAME_RANK_ALLOWED and {own, target} != {"errors", "model"}:
                    wrong.append(f"{file.relative_to(ROOT)}:{found.line} imports {target}")
    assert wrong == []


def module_of(file: Path) -> str:
    return ".".join(file.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def graph_of(found: list[Path], *, top_level_only: bool) -> dict[str, set[str]]:
    """Module -> the modules among these files that it imports."""
    graph: dict[str, set[str]] = {}
    for file in found:
        targets: set[str] = set()
        for each in imports(file):
            if each.top_level or not top_level_only:
                targets |= {each.module, *(f"{each.module}.{name}" for name in each.names)}
        graph[module_of(file)] = targets
    return {name: {target for target in targets if target in graph and target != name} for name, targets in graph.items()}


def cycle_in(graph: dict[str, set[str]]) -> tuple[str, ...]:
    """The modules of one cycle, the first again at the end; empty where there is none."""
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if name in path:
            return (*path[path.index(name) :], name)
        if name not in done:
            for target in sorted(graph[name]):
                if found := visit(target, (*path, name)):
                    return found
            done.add(name)
        return ()

    return next((found for name in sorted(graph) if (found := visit(name, ()))), ())


def test_there_is_no_import_cycle() -> None:
    # A package's __init__ gathers its own modules: these may take from it only what is not gathered there.
    assert cycle_in(graph_of(files(), top_level_only=True)) == ()


@pytest.mark.parametrize("package", [room for room in RANK if (ROOT / room).is_dir()])
def test_no_cycle_within_a_room_is_hidden_in_a_function_or_under_type_checking(package: str) -> None:
    assert cycle_in(graph_of(files(package), top_level_only=False)) == ()


def test_a_cycle_is_found_wherever_its_imports_stand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(f"{__name__}.ROOT", tmp_path / "grader")
    room = tmp_path / "grader" / "symbolic"
    room.mkdir(parents=True)
    (room / "up.py").write_text("from grader.symbolic.down import rule\n")
    (room / "down.py").write_text("def rule():\n    from grader.symbolic import up\n")
    knot = ("grader.symbolic.down", "grader.symbolic.up", "grader.symbolic.down")
    assert cycle_in(graph_of(files("symbolic"), top_level_only=False)) == knot
    assert cycle_in(graph_of(files("symbolic"), top_level_only=True)) == ()


def test_symbolic_imports_nothing_within_a_function_or_for_types_alone() -> None:
    inner = [i for file in files("symbolic") for i in imports(file) if not i.top_level and i.module.startswith("grader")]
    assert [f"{i.file.name}:{i.line} imports {i.module}" for i in inner] == []


@pytest.mark.parametrize("package", PURE)
def test_the_pure_part_neither_reads_writes_nor_waits(package: str) -> None:
    if not (ROOT / package).exists():
        pytest.skip(f"there is no grader/{package}")
    wrong = []
    for file in files(package):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        wrong += [
            f"{file.relative_to(ROOT)}:{i.line} imports {i.module}"
            for i in imports(file)
            if i.module.split(".")[0] in FORBIDDEN_MODULES
        ]
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in FORBIDDEN_CALLS:
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} calls {node.func.id}")
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "random":
                seeded = isinstance(node.attr, str) and node.attr == "Random"
                if not seeded:
                    wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} draws from random.{node.attr}")
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in ("default_rng", "Random")
                and not node.args
            ):
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno} seeds nothing")
    assert wrong == []


def test_what_runs_in_the_box_imports_only_itself_and_what_the_course_has() -> None:
    course = {"IPython", "numpy", "torch", "matplotlib", "matplotlib_inline", "mpl_toolkits", "traitlets"}
    allowed = set(sys.stdlib_module_names) | course
    jupyter = {"ipykernel", "jupyter_client", "nbclient", "nbformat", "zmq"}  # only for rubrics with `runner: jupyter`
    wrong = [
        f"{i.file.name}:{i.line} imports {i.module}"
        for file in files("sandbox/inside")
        for i in imports(file)
        if i.module.split(".")[0] not in allowed | (jupyter if file.parent.name == "jupyter" else set())
        and not i.module.startswith("grader.sandbox.inside")
    ]
    absolute = [f for f in files("sandbox/inside") if "import grader" in f.read_text() or "from grader" in f.read_text()]
    assert wrong == []
    assert absolute == []


def test_only_the_command_line_prints() -> None:
    wrong = []
    for file in files():
        if file.relative_to(ROOT).parts[0] in ("cli",) or "inside" in file.parts:
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
                wrong.append(f"{file.relative_to(ROOT)}:{node.lineno}")
    assert wrong == []


@pytest.mark.parametrize(
    "command",
    [["--help"], ["grade", "--help"], ["rubric", "lint", "{rubric}"], ["rubric", "show", "{rubric}"], ["rubric", "schema"]],
)
def test_commands_that_run_nothing_import_nothing_heavy(command: list[str]) -> None:
    rubric = ROOT.parent / "rubrics" / "ece661-hw1.yaml"
    arguments = [part.format(rubric=rubric) for part in command]
    code = (
        "import sys; sys.argv = ['grader'] + sys.argv[1:]\n"
        "from grader.cli.app import app\n"
        "try:\n    app()\n"
        "except SystemExit as e:\n    status = e.code or 0\n"
        "heavy = {'torch', 'sympy', 'IPython', 'matplotlib', 'pandas', 'scipy', 'flask', 'waitress'} & set(sys.modules)\n"
        "sys.exit(f'imported {sorted(heavy)}' if heavy else status)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.strip()


def test_the_package_exports_what_it_says() -> None:
    import grader

    names = {n for n in vars(grader) if not n.startswith("_")}
    modules = {n for n in names if hasattr(getattr(grader, n), "__path__") or getattr(getattr(grader, n), "__file__", None)}
    assert set(grader.__all__) - {"__version__"} == names - modules
