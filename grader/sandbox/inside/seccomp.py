"""The filter of system calls: a program for the kernel's packet filter, assembled here.

libseccomp's binding would have to be installed into every course's interpreter, and cannot be: this folder may need nothing but
the standard library. The program is short, because it refuses calls by number and allows the rest; the kernel knows beforehand
which calls pass whatever their arguments, so that these cost next to nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import struct

from . import kernel, syscalls

LOAD, AND, RETURN = 0x20, 0x54, 0x06
EQUAL, AT_LEAST, ANY_BIT = 0x15, 0x35, 0x45
ALLOW, KILL, REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
NUMBER_AT, MACHINE_AT, ARGUMENTS_AT = 0, 4, 16
MACHINES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7, "riscv64": 0xC00000F3}
X32_BIT = 0x40000000
PR_SET_SECCOMP, FILTER_MODE = 22, 2

NEW_NAMESPACES = 0x7E020080
"""The flags CLONE_NEW* for user, mount, process, network, IPC, UTS, cgroup and time namespaces."""
FAMILIES = (1, 2, 10)
"""AF_UNIX, AF_INET, AF_INET6; all others (packet, netlink, vsock, algorithms ...) are refused."""
NETLINK = 16
SOCK_RAW, SOCK_TYPE = 3, 0xF
TERMINAL_INPUT = (0x5412, 0x541C)
"""TIOCSTI and TIOCLINUX type into a terminal."""
FILES_OF_OTHERS = (1024, 1026, 8, 15)
"""F_SETLEASE makes whoever opens a shared file wait; F_NOTIFY tells who did; F_SETOWN and F_SETOWN_EX have others signalled."""
FIRST_PROCESS = 1
DEFAULT_POLICY = 0
"""SCHED_OTHER, which every process has anyway."""
OF_OTHERS = ("sched_setscheduler", "sched_setparam", "sched_setattr")
"""By these a process of the same user, such as process 1, could be starved or ended; their first argument is 0 for the caller."""
CORE = 4
"""RLIMIT_CORE, which stays 1: see `confine.set_limits`."""
ASK_PERSONALITY = 0xFFFFFFFF

Instruction = tuple[int, int, int, int]
"""Code, steps to jump when true, steps when false, operand."""


def _load(offset: int) -> Instruction:
    return LOAD, 0, 0, offset


def _return(value: int) -> Instruction:
    return RETURN, 0, 0, value


def _refuse(error: int) -> Instruction:
    return _return(REFUSE | error)


def _argument(index: int) -> Instruction:
    """Its lower half, which is all that the calls looked at have."""
    return _load(ARGUMENTS_AT + 8 * index)


def _for_call(number: int, body: list[Instruction]) -> list[Instruction]:
    """The body, which must return, when this call is made."""
    return [(EQUAL, 0, len(body), number), *body]


def program(machine: str, zeromq: bool = False) -> list[Instruction]:
    """The whole filter for this architecture.

    `zeromq`: what that library, by which Jupyter's kernels speak, ends the program without. A thread may be given the default
    policy by its number, as it does with each of its own; process 1 may still not be named, nor any other policy. And the
    socket that would tell of network interfaces is refused as where there is no such thing.

    Raises:
        KeyError: there is no table of its calls.
    """
    some = syscalls.numbers(machine, syscalls.PARTLY)
    code: list[Instruction] = [_load(MACHINE_AT), (EQUAL, 1, 0, MACHINES[machine]), _return(KILL), _load(NUMBER_AT)]
    code += [(AT_LEAST, 0, 1, X32_BIT if machine == "x86_64" else syscalls.NEWEST + 1), _refuse(errno.ENOSYS)]
    code += [(AT_LEAST, 0, 1, syscalls.NEWEST + 1), _refuse(errno.ENOSYS)]
    for number in syscalls.numbers(machine, syscalls.DENIED).values():
        code += _for_call(number, [_refuse(errno.EPERM)])
    # Its flags are in memory that can change after the look; the C library falls back to clone.
    code += _for_call(some["clone3"], [_refuse(errno.ENOSYS)])
    code += _for_call(some["clone"], [_argument(0), (ANY_BIT, 0, 1, NEW_NAMESPACES), _refuse(errno.EPERM), _return(ALLOW)])
    code += _for_call(some["socket"], _sockets(zeromq))
    code += _for_call(some["ioctl"], _only_not(TERMINAL_INPUT, _argument(1)))
    code += _for_call(some["fcntl"], _only_not(FILES_OF_OTHERS, _argument(1)))
    if zeromq:
        code += _for_call(some["sched_setscheduler"], _default_policy())
    for name in OF_OTHERS:
        code += _for_call(some[name], [_argument(0), *_pass_if_zero()])
    code += _for_call(
        some["prlimit64"], [_argument(0), (EQUAL, 1, 0, 0), _refuse(errno.EPERM), *_unless_core(1, _pass_if_null(2))]
    )
    code += _for_call(some["setrlimit"], _unless_core(0, [_refuse(errno.EPERM)]))
    code += _for_call(some["sched_setaffinity"], _only_not((FIRST_PROCESS,), _argument(0)))
    code += _for_call(some["setpriority"], [_argument(0), (EQUAL, 1, 0, 0), _refuse(errno.EPERM), _argument(1), *_pass_if_zero()])
    ask = [_argument(0), (EQUAL, 1, 0, ASK_PERSONALITY), _refuse(errno.EPERM), _return(ALLOW)]
    return [*code, *_for_call(some["personality"], ask), _return(ALLOW)]


def _sockets(zeromq: bool) -> list[Instruction]:
    families: list[Instruction] = []
    for left, family in reversed(list(enumerate(reversed(FAMILIES)))):
        families.append((EQUAL, left + 1, 0, family))
    kind: list[Instruction] = [_argument(1), (AND, 0, 0, SOCK_TYPE), (EQUAL, 0, 1, SOCK_RAW)]
    netlink: list[Instruction] = [(EQUAL, 0, 1, NETLINK), _refuse(errno.EINVAL)] if zeromq else []
    refused = [*netlink, _refuse(errno.EAFNOSUPPORT)]
    families = [(code, true + len(netlink), false, operand) for code, true, false, operand in families]
    return [_argument(0), *families, *refused, *kind, _refuse(errno.EPERM), _return(ALLOW)]


def _only_not(refused: tuple[int, ...], argument: Instruction) -> list[Instruction]:
    tests: list[Instruction] = []
    for value in refused:
        tests += [(EQUAL, 0, 1, value), _refuse(errno.EPERM)]
    return [argument, *tests, _return(ALLOW)]


def _pass_if_zero() -> list[Instruction]:
    return [(EQUAL, 1, 0, 0), _refuse(errno.EPERM), _return(ALLOW)]


def _default_policy() -> list[Instruction]:
    """For the caller anything; for others than process 1 the default policy."""
    not_first: list[Instruction] = [(EQUAL, 0, 1, FIRST_PROCESS), _refuse(errno.EPERM)]
    policy: list[Instruction] = [_argument(1), (EQUAL, 1, 0, DEFAULT_POLICY), _refuse(errno.EPERM), _return(ALLOW)]
    return [_argument(0), (EQUAL, 0, 1, 0), _return(ALLOW), *not_first, *policy]


def _unless_core(index: int, body: list[Instruction]) -> list[Instruction]:
    """What the body decides where this argument names the limit on cores; else the call is allowed."""
    return [_argument(index), (EQUAL, 0, len(body), CORE), *body, _return(ALLOW)]


def _pass_if_null(index: int) -> list[Instruction]:
    """Both halves of a pointer are looked at."""
    upper = _load(ARGUMENTS_AT + 8 * index + 4)
    return [_argument(index), (EQUAL, 1, 0, 0), _refuse(errno.EPERM), upper, *_pass_if_zero()]


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("code", ctypes.c_char_p)]


def refuses(name: str) -> bool:
    """Whether a call of this name, made with no arguments that mean anything, is refused with EPERM."""
    number = syscalls.numbers(os.uname().machine, syscalls.DENIED)[name]
    try:
        kernel.syscall(number, -1, 0, 0, 0, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return False


def install(zeromq: bool = False) -> None:
    """Put the filter over this process and all that it starts; needs no-new-privileges. It cannot be taken off."""
    machine = os.uname().machine
    if machine not in MACHINES:
        raise OSError(errno.ENOSYS, f"there is no table of the system calls of {machine}")
    code = program(machine, zeromq)
    filters = _Program(len(code), b"".join(struct.pack("=HBBI", *instruction) for instruction in code))
    kernel.prctl(PR_SET_SECCOMP, FILTER_MODE, ctypes.addressof(filters))
