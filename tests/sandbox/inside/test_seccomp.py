"""The filter of system calls: what the assembled program decides, by running it as the kernel does; then the real one."""

from __future__ import annotations

import errno
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from grader.sandbox.inside import seccomp, syscalls
from grader.sandbox.inside.seccomp import ALLOW, KILL, REFUSE, program

MACHINES = tuple(seccomp.MACHINES)


def decide(machine: str, number: int, *arguments: int, told: int | None = None, zeromq: bool = False) -> int:
    """Runs the program over one call; `told` is the architecture the call claims."""
    data = {0: number, 4: seccomp.MACHINES[machine] if told is None else told}
    for i, value in enumerate((*arguments, 0, 0, 0, 0, 0, 0)[:6]):
        data |= {16 + 8 * i: value & 0xFFFFFFFF, 20 + 8 * i: value >> 32}
    code, at, held = program(machine, zeromq), 0, 0
    while True:
        kind, true, false, operand = code[at]
        at += 1
        if kind == seccomp.LOAD:
            held = data[operand]
        elif kind == seccomp.AND:
            held &= operand
        elif kind == seccomp.RETURN:
            return operand
        else:
            tests = {seccomp.EQUAL: held == operand, seccomp.AT_LEAST: held >= operand, seccomp.ANY_BIT: bool(held & operand)}
            at += true if tests[kind] else false


def number(machine: str, name: str) -> int:
    return syscalls.numbers(machine, {**syscalls.DENIED, **syscalls.PARTLY})[name]


@pytest.mark.parametrize("machine", MACHINES)
def test_every_listed_call_is_refused_and_others_are_not(machine: str) -> None:
    denied = set(syscalls.numbers(machine, syscalls.DENIED).values())
    partly = set(syscalls.numbers(machine, syscalls.PARTLY).values())
    for call in range(syscalls.NEWEST + 1):
        if call not in partly:
            assert decide(machine, call) == (REFUSE | errno.EPERM if call in denied else ALLOW), call


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_newer_than_the_list_and_of_other_tables_are_refused(machine: str) -> None:
    assert decide(machine, syscalls.NEWEST + 1) == REFUSE | errno.ENOSYS
    assert decide(machine, seccomp.X32_BIT | 39) == REFUSE | errno.ENOSYS
    assert decide(machine, 20, told=0x40000003) == KILL


@pytest.mark.parametrize("machine", MACHINES)
def test_threads_and_forks_pass_and_new_namespaces_do_not(machine: str) -> None:
    clone = number(machine, "clone")
    assert decide(machine, clone, 0x3D0F00) == ALLOW  # a thread of the C library
    assert decide(machine, clone, 17) == ALLOW  # a fork
    for flag in (0x80, 0x00020000, 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000, 0x40000000):
        assert decide(machine, clone, flag | 17) == REFUSE | errno.EPERM
    assert decide(machine, number(machine, "clone3")) == REFUSE | errno.ENOSYS


@pytest.mark.parametrize("machine", MACHINES)
def test_only_ordinary_sockets_pass(machine: str) -> None:
    socket = number(machine, "socket")
    for family in range(64):
        wanted = ALLOW if family in (1, 2, 10) else REFUSE | errno.EAFNOSUPPORT
        assert decide(machine, socket, family, 1 | 0o2000000) == wanted
    assert decide(machine, socket, 2, 3) == REFUSE | errno.EPERM


@pytest.mark.parametrize("machine", MACHINES)
def test_for_zeromq_a_thread_may_be_given_the_policy_it_has_and_all_else_stays_refused(machine: str) -> None:
    ordinary, real_time, idle = 0, 1, 5
    schedule = number(machine, "sched_setscheduler")
    assert decide(machine, schedule, 4711, ordinary, zeromq=True) == ALLOW
    assert decide(machine, schedule, 4711, ordinary) == REFUSE | errno.EPERM
    assert decide(machine, schedule, 0, idle, zeromq=True) == decide(machine, schedule, 0, idle) == ALLOW
    for thread, policy in ((1, ordinary), (1, idle), (4711, idle), (4711, real_time)):
        assert decide(machine, schedule, thread, policy, zeromq=True) == REFUSE | errno.EPERM
    for call in range(syscalls.NEWEST + 1):
        if call not in (schedule, number(machine, "socket")):
            assert decide(machine, call, 7, 7, zeromq=True) == decide(machine, call, 7, 7), call


@pytest.mark.parametrize("machine", MACHINES)
def test_for_zeromq_there_are_no_more_sockets_but_another_word_on_interfaces(machine: str) -> None:
    socket, interfaces = number(machine, "socket"), 16
    assert decide(machine, socket, interfaces, 3, zeromq=True) == REFUSE | errno.EINVAL
    for family in set(range(64)) - {interfaces}:
        for kind in (1, 3):
            assert decide(machine, socket, family, kind, zeromq=True) == decide(machine, socket, family, kind)


@pytest.mark.parametrize("machine", MACHINES)
def test_limits_and_priorities_are_changed_of_the_caller_alone(machine: str) -> None:
    """Process 1 has the same user: with no processor time or descriptors it could not keep order, and the box were lost."""
    for name in ("sched_setscheduler", "sched_setparam", "sched_setattr"):
        call = number(machine, name)
        assert (decide(machine, call, 0, 7), decide(machine, call, 1, 7)) == (ALLOW, REFUSE | errno.EPERM)
    call = number(machine, "prlimit64")
    assert (decide(machine, call, 0, 7, 99), decide(machine, call, 1, 7)) == (ALLOW, REFUSE | errno.EPERM)
    affinity, priority = number(machine, "sched_setaffinity"), number(machine, "setpriority")
    assert [decide(machine, affinity, pid) for pid in (0, 1, 22)] == [ALLOW, REFUSE | errno.EPERM, ALLOW]
    who = [(0, 0), (0, 1), (1, 0), (2, 0)]  # itself, process 1, its group, its user
    assert [decide(machine, priority, *each) for each in who] == [ALLOW] + [REFUSE | errno.EPERM] * 3


@pytest.mark.parametrize("machine", MACHINES)
def test_the_limit_on_cores_can_be_read_and_never_set(machine: str) -> None:
    """At 1 the kernel pipes no core to the host's program; at 0 it would."""
    new, old = number(machine, "prlimit64"), number(machine, "setrlimit")
    assert decide(machine, new, 0, 4, 0, 0x7F0012345678) == ALLOW
    for pointer in (0x7F0012345678, 0x7F0000000000, 0x12345678):
        assert decide(machine, new, 0, 4, pointer) == REFUSE | errno.EPERM
    assert [decide(machine, old, limit) for limit in (3, 4, 5)] == [ALLOW, REFUSE | errno.EPERM, ALLOW]


@pytest.mark.parametrize("machine", MACHINES)
def test_nobody_waits_for_or_is_signalled_by_a_file_of_somebody_else(machine: str) -> None:
    call = number(machine, "fcntl")
    assert {decide(machine, call, 5, order) for order in (1024, 1026, 8, 15)} == {REFUSE | errno.EPERM}
    assert {decide(machine, call, 5, order) for order in (0, 1, 2, 3, 4, 6, 7, 1030, 1031)} == {ALLOW}


@pytest.mark.parametrize("machine", MACHINES)
def test_nobody_types_into_a_terminal_or_changes_the_personality(machine: str) -> None:
    assert decide(machine, number(machine, "ioctl"), 0, 0x5412) == REFUSE | errno.EPERM
    assert decide(machine, number(machine, "ioctl"), 0, 0x5401) == ALLOW
    assert decide(machine, number(machine, "personality"), 0x0040000) == REFUSE | errno.EPERM
    assert decide(machine, number(machine, "personality"), 0xFFFFFFFF) == ALLOW


@pytest.mark.box
@pytest.mark.skipif(sys.platform != "linux", reason="the filter is Linux's")
def test_under_the_real_filter_programs_and_threads_run_and_the_listed_calls_fail() -> None:
    code = """
        import subprocess, threading
        from grader.sandbox.inside import kernel, seccomp, syscalls
        import os
        kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
        seccomp.install()
        names = syscalls.numbers(os.uname().machine, syscalls.DENIED)
        print([name for name in names if not seccomp.refuses(name)])
        thread = threading.Thread(target=print, args=("thread",))
        thread.start()
        thread.join()
        print(subprocess.run(["echo", "program"], capture_output=True, text=True).stdout.strip())
    """
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=root, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines() == ["[]", "thread", "program"]
