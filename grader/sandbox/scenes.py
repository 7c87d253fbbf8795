"""The scenes of the sandbox contract."""

from __future__ import annotations

from grader.model.evidence import CaptureStatus
from grader.model.probe import Figures, Program
from grader.model.rubric import Limits
from grader.model.values import Array, Opaque
from grader.sandbox.conformance import QUICK, Scene, Seen, is_running

NOISE = b"no frame at all, but long enough to be taken for one" * 9
DAEMON = "86399.25"
"""Seconds that no other process sleeps."""


def _is_over_quickly(seen: Seen) -> bool:
    return seen.evidence.run.seconds < QUICK.wall and seen.evidence.run.ended == "finished"


EVERYDAY = Scene(
    name="what notebooks do every day",
    cells=(
        "1 / 0",
        "open('there_is_none.csv')",
        "from package.first import value\nrelative = value",
        "name = input('name? ')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 4, 9])\nplt.show()",
        "from tqdm.auto import tqdm\nfor count in tqdm(range(10)):\n    pass",
        "!ls",
        "%timeit -n 10 -r 2 sum(range(10))",
        "import numpy as np\nshadowed = int(np.arange(4).sum())",
        "uncarried = (n for n in range(3))\nfunction = lambda: 3",
        "import os\nsecrets = sum('GRADER_SECRET' in name for name in os.environ)",
    ),
    files={
        "numpy.py": "raise RuntimeError('not the library')\n",
        "package/__init__.py": "",
        "package/first.py": "from .second import value\n",
        "package/second.py": "value = 21\n",
    },
    looks=("relative", "count", "shadowed", "uncarried", "secrets", "nowhere"),
    probes=(Figures(),),
    limits=Limits(wall=60, cell=20, probe=5),
    expects={
        "a cell that raises is recorded": lambda s: s.status(0) == "raised" and s.raised(0) == "ZeroDivisionError",
        "a missing file is the cell's exception": lambda s: s.raised(1) == "FileNotFoundError",
        "a relative import within a package works": lambda s: s.number("relative") == 21,
        "input() raises and does not wait": lambda s: s.status(3) == "raised",
        "plt.show() works": lambda s: s.status(4) == "ok",
        "the figure is there": lambda s: s.evidence.captures[Figures().key].status is CaptureStatus.CAPTURED,
        "tqdm works": lambda s: s.number("count") == 9,
        "!ls lists the work folder": lambda s: "package" in s.printed(6),
        "%timeit works": lambda s: s.status(7) == "ok" and "loop" in s.printed(7),
        "a file named numpy.py does not replace numpy": lambda s: s.number("shadowed") == 6,
        "what cannot be carried arrives as opaque": lambda s: isinstance(s.of("uncarried").value, Opaque),
        "the environment's secrets are not there": lambda s: s.number("secrets") == 0,
        "a name that is nowhere is missing": lambda s: s.of("nowhere").status is CaptureStatus.MISSING,
    },
)

LOOP = Scene(
    name="a cell that never ends, and one that cannot be interrupted",
    cells=(
        "before = 1",
        "print('begun')\nwhile True:\n    pass",
        "between = before + 1",
        "while True:\n    try:\n        while True:\n            pass\n    except BaseException:\n        pass",
        "after = between + 1",
    ),
    looks=("before", "after"),
    expects={
        "the first loop is timed out": lambda s: s.status(1) == "timed_out",
        "what it printed is kept": lambda s: "begun" in s.printed(1),
        "the second loop is timed out": lambda s: s.status(3) == "timed_out",
        "the cells around them ran": lambda s: [s.status(i) for i in (0, 2, 4)] == ["ok", "ok", "ok"],
        "their values are there": lambda s: s.number("before") == 1 and s.number("after") == 3,
    },
)

DEATH = Scene(
    name="cells that end the process or break its channel",
    cells=(
        "x = 1",
        "import os\nos._exit(0)",
        "y = x + 1",
        "import os\nos.closerange(3, 256)",
        "z = y + 1",
        f"import os\nfor fd in range(3, 64):\n    try:\n        os.write(fd, {NOISE!r})\n    except OSError:\n        pass",
        "last = z + 1",
    ),
    looks=("y", "last"),
    expects={
        "os._exit is recorded": lambda s: s.status(1) == "died",
        "a closed channel is recorded": lambda s: s.status(3) == "died",
        "a broken channel is recorded": lambda s: s.status(5) == "died",
        "the cells around them ran": lambda s: [s.status(i) for i in (0, 2, 4, 6)] == ["ok"] * 4,
        "their values are there": lambda s: s.number("y") == 2 and s.number("last") == 4,
    },
)

FUNCTIONS = Scene(
    name="functions that hang or die when called",
    cells=(
        "state = [0]",
        "def hang():\n    while True:\n        pass",
        "def vanish():\n    import os\n    os._exit(0)",
        "def fail():\n    return [][1]",
        "def change():\n    state[0] += 1\n    return state[0]",
    ),
    calls=("hang", "vanish", "fail", "change"),
    looks=("state",),
    expects={
        "the hang is timed out": lambda s: s.of("hang").status is CaptureStatus.TIMED_OUT,
        "the death is the submission's": lambda s: s.of("vanish").status is CaptureStatus.RAISED,
        "the next call is answered": lambda s: s.of("change").status is CaptureStatus.CAPTURED,
        "and the next look": lambda s: s.of("state").status is CaptureStatus.CAPTURED,
        "the run is finished": _is_over_quickly,
    },
)

APART = Scene(
    name="no probe sees what another did",
    cells=("count = 0", "def bump():\n    global count\n    count += 1\n    return count"),
    calls=("bump",),
    looks=("count",),
    expects={"the call's change is gone": lambda s: s.number("count") == 0},
    forks=True,
)

MARKING = Program(names=("mark.py",), command=("python", "{file}", "first"), input="given")
AGAIN = Program(names=("mark.py",), command=("python", "{file}", "second"), input="given")
ENDLESS = Program(names=("flood.py",), command=("python", "{file}"))
SLOW = Program(names=("loop.py",), command=("python", "{file}"), seconds=1.0)

PROGRAMS = Scene(
    name="programs: their input and output, their ends, and nothing left of them",
    cells=("open('made.txt', 'w').write('by the notebook')", "value = 1"),
    files={
        "mark.py": (
            "import os, sys\nprint(sys.argv[1], input(), open('made.txt').read(), os.path.exists('mark'))\n"
            "open('mark', 'w').close()\nsys.exit(3)\n"
        ),
        "flood.py": "while True:\n    print('x' * 1000)\n",
        "loop.py": "while True:\n    pass\n",
    },
    looks=("value",),
    probes=(MARKING, AGAIN, ENDLESS, SLOW),
    limits=Limits(wall=60, cell=20, probe=20),
    expects={
        "arguments, input and the notebook's files reach it": lambda s: s.wrote(MARKING) == "first given by the notebook False\n",
        "the next one sees nothing of it": lambda s: s.wrote(AGAIN) == "second given by the notebook False\n",
        "endless output is cut": lambda s: len(s.wrote(ENDLESS)) == 2**20,
        "an endless program is timed out": lambda s: s.evidence.captures[SLOW.key].status is CaptureStatus.TIMED_OUT,
        "what the notebook defined is there": lambda s: s.number("value") == 1,
    },
)

LARGE = Scene(
    name="100 MB of output, an array of 100 MB, and one too large to be carried",
    cells=(
        "line = 'x' * 99 + chr(10)\nfor _ in range(100):\n    print(line * 10_000)",
        "import numpy as np\nbig = np.ones(12_500_000)",
        "too_big = np.ones(20_000_000)",
        "small = 7",
    ),
    looks=("big", "too_big", "small"),
    limits=Limits(wall=60, cell=20, probe=10),
    expects={
        "the output is kept": lambda s: s.status(0) == "ok" and 0 < len(s.printed(0)) <= 2**20,
        "up to its limit": lambda s: s.evidence.run.cells[0].cut > 9e7,
        "the array arrives whole": lambda s: isinstance(v := s.of("big").value, Array) and v.shape == (12_500_000,),
        "the larger one does not": lambda s: not isinstance(s.of("too_big").value, Array),
        "but costs nothing else": lambda s: s.number("small") == 7,
    },
)

WALL = Scene(
    name="a submission over its whole time",
    cells=("x = 1", "while True:\n    pass", "while True:\n    pass", "y = 2"),
    looks=("x", "y"),
    limits=Limits(wall=3, cell=60, probe=1),
    expects={
        "the loop is timed out": lambda s: s.status(1) == "timed_out",
        "later cells are not begun": lambda s: s.status(3) == "not_run",
        "what came before is seen": lambda s: s.number("x") == 1,
    },
)

NOTHING = Scene(
    name="an empty submission",
    cells=("", "   \n"),
    looks=("x",),
    expects={
        "nothing is run": lambda s: s.evidence.run.ended == "nothing_to_run" and not s.evidence.run.cells,
        "everything is missing": lambda s: s.of("x").status is CaptureStatus.MISSING,
    },
)

SHUT_IN = Scene(
    name="what the walls keep apart",
    cells=(
        "import os, socket, subprocess",
        "text = open('{outside}/reference.txt').read()",
        "names = os.listdir('{outside}')",
        "socket.create_connection(('192.0.2.1', 9), timeout=1)",
        "open('/usr/mark', 'w')",
        "open('big', 'wb').write(bytes(300 * 2**20))",
        "import numpy as np\nnp.ones(2**29)",
        "for _ in range(200):\n    if os.fork() == 0:\n        import time\n        time.sleep(20)",
        f"subprocess.Popen(['sleep', {DAEMON!r}], start_new_session=True)",
        "sys_user = os.getuid()\nprocesses = len([p for p in os.listdir('/proc') if p.isdigit()])",
    ),
    looks=("sys_user",),
    limits=Limits(wall=30, cell=5, probe=2, memory=float(2**30), disk=float(2**28)),
    walls=True,
    expects={
        "the reference cannot be read": lambda s: s.raised(1) == "FileNotFoundError",
        "nor its folder listed": lambda s: s.raised(2) == "FileNotFoundError",
        "there is no network": lambda s: s.raised(3) in ("OSError", "PermissionError"),
        "the root cannot be written to": lambda s: s.raised(4) in ("OSError", "PermissionError"),
        "the disk is limited": lambda s: s.raised(5) == "OSError",
        "memory is limited": lambda s: "MemoryError" in s.raised(6),
        "processes are limited": lambda s: s.raised(7) == "BlockingIOError",
        "the user is not root": lambda s: s.number("sys_user") not in (0, None),
        "a daemon can begin": lambda s: s.status(8) == "ok",
        "no daemon survives": lambda _: not is_running(DAEMON),
    },
)

STRAYS = Scene(
    name="what a dead cell left running",
    cells=(
        "import os, subprocess\nsubprocess.Popen(['sleep', '86399.5'], start_new_session=True)\nos._exit(0)",
        "import glob\nleft = sum(b'86399.5' in open(path, 'rb').read() for path in glob.glob('/proc/[0-9]*/cmdline'))",
    ),
    looks=("left",),
    walls=True,
    expects={"it is ended with its cell": lambda s: s.status(0) == "died" and s.number("left") == 0},
)

SCENES = (EVERYDAY, LOOP, DEATH, FUNCTIONS, APART, PROGRAMS, LARGE, WALL, NOTHING, SHUT_IN, STRAYS)
