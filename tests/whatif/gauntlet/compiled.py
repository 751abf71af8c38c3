"""What a compiled extension does while it is imported: no function of Python's is called. Where
there is no compiler, ``ctypes`` calls the same functions."""

from __future__ import annotations

import shutil
import subprocess
import sysconfig
import textwrap
from functools import cache
from pathlib import Path

from .attacks import Attack, C

SOURCE = r"""
#include <Python.h>
#include <arpa/inet.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static void linger(const char *over, const char *mark) {
    if (fork() != 0) return;
    setsid();
    if (fork() != 0) _exit(0);
    for (int n = 0; n < 1200 && access(over, F_OK) != 0; n++) usleep(50000);
    creat(mark, 0600);
    _exit(0);
}

static void map_and_write(const char *path) {
    int file = open(path, O_RDWR);
    char *seen = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (seen != MAP_FAILED) seen[0] = 'x';
}

static void reach(int kind, int port) {
    struct sockaddr_in there = {.sin_family = AF_INET, .sin_port = htons(port)};
    there.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int own = socket(AF_INET, kind, 0);
    if (kind == SOCK_STREAM) connect(own, (struct sockaddr *)&there, sizeof there);
    else sendto(own, "x", 1, 0, (struct sockaddr *)&there, sizeof there);
}

static struct PyModuleDef module = {PyModuleDef_HEAD_INIT, "harm", NULL, -1, NULL};

PyMODINIT_FUNC PyInit_harm(void) {
    const char *act = getenv("ACT"), *path = getenv("PATH_OF"), *other = getenv("OTHER");
    int number = atoi(getenv("NUMBER"));
    if (!strcmp(act, "creat")) creat(path, 0644);
    if (!strcmp(act, "system call")) syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_TRUNC);
    if (!strcmp(act, "mapped")) map_and_write(path);
    if (!strcmp(act, "chmod")) chmod(path, 0600);
    if (!strcmp(act, "times")) utimes(path, NULL);
    if (!strcmp(act, "folder")) mkdir(other, 0700);
    if (!strcmp(act, "remove")) unlink(path);
    if (!strcmp(act, "rename")) rename(path, other);
    if (!strcmp(act, "connect")) reach(SOCK_STREAM, number);
    if (!strcmp(act, "udp")) reach(SOCK_DGRAM, number);
    if (!strcmp(act, "double fork")) linger(path, other);
    if (!strcmp(act, "kill")) kill(number, SIGTERM);
    return PyModule_Create(&module);
}
"""

#: Act → name → what it is given: a path, another one, and a number, as Python.
ACTS = {
    "contents": {
        "creat": ("victim", "''", "0"),
        "system call": ("victim", "''", "0"),
        "mapped": ("victim", "''", "0"),
    },
    "metadata": {"chmod": ("victim", "''", "0"), "times": ("victim", "''", "0")},
    "create and remove": {
        "folder": ("''", "place + '/made'", "0"),
        "remove": ("victim", "''", "0"),
        "rename": ("victim", "place + '/renamed'", "0"),
    },
    "tcp": {"connect": ("''", "''", "tcp")},
    "other sockets": {"udp": ("''", "''", "udp")},
    "lingering": {"double fork": ("over", "mark", "0")},
    "signals": {"kill": ("''", "''", "pid")},
}

#: For those that are called otherwise there.
WITHOUT = {"system call": C["contents"]["openat"], "mapped": C["contents"]["truncate"]}

CODE = """
import importlib.util
os.environ.update(ACT={name!r}, PATH_OF={path}, OTHER={other}, NUMBER=str({number}))
spec = importlib.util.spec_from_file_location("harm", compiled)
importlib.util.module_from_spec(spec)
"""


@cache
def compiler() -> str | None:
    """A C compiler, where there is one and Python's headers are there too."""
    header = Path(sysconfig.get_paths()["include"], "Python.h")
    return shutil.which("cc") if header.exists() else None


def build(folder: Path) -> Path:
    """Compile the extension in a folder; gives its path."""
    found = compiler()
    source, path = folder / "harm.c", folder / "harm.so"
    folder.mkdir(parents=True, exist_ok=True)
    if found is not None:
        source.write_text(SOURCE)
        include = sysconfig.get_paths()["include"]
        words = [found, "-shared", "-fPIC", "-w", f"-I{include}", str(source), "-o", str(path)]
        subprocess.run(words, check=True, capture_output=True)
    return path


def every() -> list[Attack]:
    """All of them, in order."""
    found = []
    for act, names in ACTS.items():
        for name, (path, other, number) in names.items():
            code = CODE.format(name=name, path=path, other=other, number=number)
            if compiler() is None:
                code = textwrap.dedent(WITHOUT.get(name) or C[act][name])
            found.append(Attack("compiled", act, name, code, seen=False))
    return found
