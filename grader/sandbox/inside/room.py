"""The file system of a box: a private root with the interpreter and the system's libraries, read-only, and a work folder."""

from __future__ import annotations

import errno
import json
import os
import shutil
import sys

from . import kernel

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/nix/store")
ETC = ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "fonts", "alternatives", "mime.types", "ssl/certs", "pki/tls/certs")
DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
LINKS = {"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2"}
HOME, WORK = "/home/student", "/home/student/work"
TMP, SHM = "/tmp", "/dev/shm"  # noqa: S108 (of the private root)
WRITABLE = ("/home", TMP, "/dev")
READABLE = ("/",)
FOLDERS = (SHM, "/dev/pts", "/etc", "/proc", "/sys", "/home", TMP)
INODES = 65536
AT_FIRST = 2**20
"""Bytes of a box that has no job yet; a limit that is none cannot become one later."""
COVERED = (
    *("kcore", "kallsyms", "kmsg", "keys", "key-users", "modules", "config.gz", "iomem", "ioports", "interrupts", "softirqs"),
    *("timer_list", "sched_debug", "slabinfo", "vmallocinfo", "pagetypeinfo", "sysrq-trigger", "latency_stats"),
    *("acpi", "asound", "bus", "driver", "dynamic_debug", "fs", "irq", "scsi", "tty"),
)
"""Files and folders of ``/proc`` that no program of a student needs. ``/proc/sys`` stays: libraries ask it, nobody may write."""


def interpreter_folders(more: list[str]) -> list[str]:
    """The folders that this interpreter needs, outermost only; folders merely on its path, such as a repository, are not.

    Raises:
        OSError: the user that we have become cannot read them: submissions would miss what is imported late.
    """
    if not os.access(sys.base_prefix, os.R_OK | os.X_OK):
        why = f"user {os.geteuid()}, as whom submissions would run, cannot read the interpreter in {sys.base_prefix}"
        raise OSError(errno.EACCES, why)
    here = os.path.dirname(os.path.abspath(__file__))
    program = os.path.dirname(os.path.dirname(os.path.realpath(sys.executable)))
    packages = [p for p in sys.path if os.path.basename(p) in ("site-packages", "dist-packages")]
    wanted = [sys.prefix, sys.exec_prefix, sys.base_prefix, program, here, *packages, *more]
    kept: list[str] = []
    for path in sorted({os.path.normpath(p) for p in wanted if os.path.isdir(p)}, key=len):
        if not any(path == k or path.startswith(k + "/") for k in (*kept, "/usr")) and path != "/":
            kept.append(path)
    return kept


def shown(more: list[str]) -> list[str]:
    """What of the host lies in a box, in the same place."""
    return [*SYSTEM, *interpreter_folders(more), *(f"/etc/{name}" for name in ETC)]


def tell_shown() -> None:
    """Print it as JSON, as far as it is there."""
    json.dump([path for path in shown([]) if os.path.lexists(path)], sys.stdout)


def build(root: str, disk: int, visible: list[str], hidden: list[str]) -> None:
    """Mount the whole root of a box at this folder; only its home, /tmp and /dev/shm can be written to, `disk` bytes in all."""
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("root", root, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=4m")
    for folder in FOLDERS:
        os.makedirs(root + folder)
    _scratch(root, disk)  # first, because an interpreter may lie in a home or in /tmp
    for path in shown(visible):
        _show(root, path)
    _write_names(root)
    _devices(root)
    kernel.make_read_only(root, below=False)
    for path in hidden:
        if os.path.isdir(root + path):
            kernel.mount("hidden", root + path, "tmpfs", kernel.MS_RDONLY, "mode=0000,size=4k")


def _show(root: str, path: str) -> None:
    """The same file or folder, at the same place."""
    target = root + path
    if os.path.islink(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        os.symlink(os.readlink(path), target)
    elif os.path.isdir(path):
        os.makedirs(target, exist_ok=True)
        kernel.mount(path, target, flags=kernel.MS_BIND | kernel.MS_REC)
        kernel.make_read_only(target)
    elif os.path.isfile(path):
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(path, target)


def _write_names(root: str) -> None:
    files = {
        "passwd": f"root:x:0:0:root:/:/bin/false\nstudent:x:1000:1000:student:{HOME}:/bin/sh\n",
        "group": "root:x:0:\nstudent:x:1000:\n",
        "hosts": "127.0.0.1 localhost\n",
        "nsswitch.conf": "passwd: files\ngroup: files\nhosts: files\n",
    }
    for name, text in files.items():
        with open(f"{root}/etc/{name}", "w", encoding="utf-8") as file:
            file.write(text)


def _devices(root: str) -> None:
    for name in DEVICES:
        if os.path.exists(f"/dev/{name}"):
            with open(f"{root}/dev/{name}", "w", encoding="utf-8"):
                pass
            kernel.mount(f"/dev/{name}", f"{root}/dev/{name}", flags=kernel.MS_BIND)
    for name, to in LINKS.items():
        os.symlink(to, f"{root}/dev/{name}")
    os.symlink("pts/ptmx", f"{root}/dev/ptmx")
    kernel.mount("pts", f"{root}/dev/pts", "devpts", kernel.MS_NOSUID | kernel.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")


def _scratch(root: str, disk: int) -> None:
    options = f"mode=0755,size={disk},nr_inodes={INODES}"
    kernel.mount("scratch", f"{root}/home", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, options)
    for folder, at in ((".tmp", TMP), (".shm", SHM)):
        os.mkdir(f"{root}/home/{folder}")
        os.chmod(f"{root}/home/{folder}", 0o1777)  # noqa: S103 (as everywhere; nobody else is in the box)
        kernel.mount(f"{root}/home/{folder}", root + at, flags=kernel.MS_BIND)
    os.makedirs(root + WORK)


def give(root: str, disk: int) -> None:
    """From now on, home, /tmp and /dev/shm together may hold so many bytes."""
    kernel.mount("scratch", f"{root}/home", "tmpfs", kernel.MS_REMOUNT | kernel.MS_NOSUID | kernel.MS_NODEV, f"size={disk}")


def show_processes(root: str, new_processes: bool) -> None:
    """The box's own ``/proc`` without what tells of the kernel; the caller is process 1 of a namespace if `new_processes`."""
    if not new_processes:
        raise OSError("needs the process namespace")
    kernel.mount("proc", f"{root}/proc", "proc", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    for name in COVERED:
        path = f"{root}/proc/{name}"
        if os.path.isdir(path):
            kernel.mount("covered", path, "tmpfs", kernel.MS_RDONLY, "mode=0555,size=4k,nr_inodes=1")
        elif os.path.exists(path):
            kernel.mount(f"{root}/dev/null", path, flags=kernel.MS_BIND)


def enter(root: str) -> None:
    """Make the folder the root; nothing of the old one can be reached."""
    os.chdir(root)
    kernel.pivot_root(".", ".")  # the old root comes to lie over the new one, from where it is taken away
    kernel.unmount(".")
    os.chdir(WORK)
