"""What hostile or careless migrations do, way by way and act by act: each as Python code.

It has ``place`` (a folder outside of the copy, with things to harm), ``copy`` (a folder in it),
``tcp`` and ``udp`` (ports), ``abstract`` (a socket's name), ``pid`` (a process outside) and
``mark`` (a file that it may write, which shows that something went on after ``over`` was made, once
its lab was closed).
"""

from __future__ import annotations

import sys
import textwrap
from dataclasses import dataclass

#: Act → the field of ``Protection`` that says whether it is enforced.
FIELDS = {
    "contents": "contents",
    "metadata": "metadata",
    "create and remove": "contents",
    "sqlite": "contents",
    "tcp": "tcp",
    "other sockets": "other_sockets",
    "lingering": "processes",
    "signals": "processes",
}

HEAD = """
import ctypes, ctypes.util, fcntl, mmap, os, pathlib, shutil, socket, sqlite3, stat, struct
import subprocess, sys, tempfile, time
import _sqlite3
libc = ctypes.CDLL(None)
victim = place + "/victim"
database = place + "/db.sqlite3"
TABLE = "CREATE TABLE harm (x)"

def wait():
    for _ in range(1200):
        if os.path.exists(over):
            break
        time.sleep(0.05)
"""

PYTHON = {
    "contents": {
        "open": "open(victim, 'w').write('x')",
        "bytes": "open(os.fsencode(victim), 'ab').write(b'x')",
        "pathlib": "pathlib.Path(victim).write_text('x')",
        "read and write": "open(victim, 'r+b').write(b'x')",
        "posix": "import posix; os.write(posix.open(victim, os.O_WRONLY), b'x')",
        "file io": "import _io; _io.FileIO(victim, 'w').write(b'x')",
        "dir_fd": """
            at = os.open(place, os.O_RDONLY)
            os.write(os.open('victim', os.O_WRONLY | os.O_TRUNC, dir_fd=at), b'x')
            """,
        "posix dir_fd": """
            import posix
            at = os.open(place, os.O_RDONLY)
            os.write(posix.open('victim', os.O_WRONLY | os.O_TRUNC, dir_fd=at), b'x')
            """,
        "truncate": "os.truncate(victim, 0)",
        "truncate while opening": "os.open(victim, os.O_RDONLY | os.O_TRUNC)",
        "proc": "open('/proc/self/fd/%d' % os.open(victim, os.O_RDONLY), 'w').write('x')",
        "proc root": "open('/proc/self/root' + victim, 'w').write('x')",
        "link": "os.symlink(victim, copy + '/lead'); open(copy + '/lead', 'w').write('x')",
        "linked folder": "os.symlink(place, copy + '/in'); open(copy + '/in/victim', 'w')",
        "up through a link": """
            os.symlink(place + '/folder', copy + '/up')
            open(copy + '/up/../victim', 'w').write('x')
            """,
        "second name": "os.link(victim, copy + '/second'); open(copy + '/second', 'w').write('x')",
        "second name dir_fd": """
            at = os.open(place, os.O_RDONLY)
            os.link('victim', copy + '/other', src_dir_fd=at)
            open(copy + '/other', 'w').write('x')
            """,
        "two-faced path": """
            class Path:
                asked = 0
                def __fspath__(self):
                    self.asked += 1
                    return victim if self.asked % 2 else copy + '/harmless'
            open(Path(), 'w').write('x'); open(Path(), 'a').write('x')
            """,
        "two-faced text": """
            class Text(str):
                def startswith(self, *rest): return True
                def __str__(self): return copy
                def partition(self, *rest): return copy, '', ''
            open(Text(victim), 'w').write('x')
            """,
        "mapped": "mmap.mmap(os.open(victim, os.O_RDWR), 1)[:1] = b'x'",
        "sendfile": "os.sendfile(os.open(victim, os.O_WRONLY), os.open(__file__, 0), 0, 9)",
        "copy": "open(copy + '/new', 'w').write('x'); shutil.copyfile(copy + '/new', victim)",
        "standing there": "os.chdir(place); open('victim', 'w').write('x')",
        "standing there by number": "os.fchdir(os.open(place, 0)); open('victim', 'w')",
        "put over it": "open(copy + '/over', 'w'); os.replace(copy + '/over', victim)",
        "keys and values": "import dbm; dbm.open(place + '/keys', 'c')[b'x'] = b'y'",
    },
    "metadata": {
        "chmod": "os.chmod(victim, 0o600)",
        "chmod dir_fd": "os.chmod('victim', 0o600, dir_fd=os.open(place, 0))",
        "chmod by number": "os.fchmod(os.open(victim, os.O_RDONLY), 0o600)",
        "chmod by a number for a path": "os.chmod(os.open(victim, os.O_RDONLY), 0o600)",
        "chmod through a link": "os.symlink(victim, copy + '/m'); os.chmod(copy + '/m', 0o600)",
        "chmod of a folder": "os.chmod(place, 0o700)",
        "owner": "os.chown(victim, os.getuid(), os.getgid())",
        "owner by number": "os.fchown(os.open(victim, 0), os.getuid(), os.getgid())",
        "owner of a link": "os.lchown(place + '/null', os.getuid(), os.getgid())",
        "times": "os.utime(victim, (1, 1))",
        "times by number": "os.utime(os.open(victim, os.O_RDONLY), (1, 1))",
        "times of a link": "os.utime(place + '/null', (1, 1), follow_symlinks=False)",
        "times dir_fd": "os.utime('victim', (1, 1), dir_fd=os.open(place, 0))",
        "attribute": "os.setxattr(victim, 'user.harm', b'x')",
        "attribute by number": "os.setxattr(os.open(victim, 0), 'user.harm', b'x')",
        "flags": "fcntl.ioctl(os.open(victim, 0), 0x40086602, struct.pack('l', 0x80))",
        "count of names": "os.link(victim, copy + '/counted')",
    },
    "create and remove": {
        "file": "open(place + '/new', 'x')",
        "folder": "os.mkdir(place + '/made')",
        "folder dir_fd": "os.mkdir('made', dir_fd=os.open(place, 0))",
        "folders": "os.makedirs(place + '/made/more')",
        "pipe": "os.mkfifo(place + '/pipe')",
        "pipe dir_fd": "import posix; posix.mkfifo('pipe', dir_fd=os.open(place, 0))",
        "node": "os.mknod(place + '/node', stat.S_IFREG | 0o600)",
        "link there": "os.symlink('/nowhere', place + '/link')",
        "link there dir_fd": "os.symlink('/nowhere', 'link', dir_fd=os.open(place, 0))",
        "second name there": "open(copy + '/own', 'w'); os.link(copy + '/own', place + '/name')",
        "socket": "socket.socket(socket.AF_UNIX).bind(place + '/bound')",
        "temporary": "tempfile.NamedTemporaryFile(dir=place, delete=False)",
        "remove": "os.remove(victim)",
        "remove dir_fd": "os.remove('victim', dir_fd=os.open(place, 0))",
        "remove a link": "os.remove(place + '/null')",
        "remove a folder dir_fd": "os.rmdir('empty', dir_fd=os.open(place, 0))",
        "remove a tree": "shutil.rmtree(place + '/folder')",
        "remove a tree through a link": """
            os.symlink(place, copy + '/tree'); shutil.rmtree(copy + '/tree/folder')
            """,
        "rename": "os.rename(victim, place + '/renamed')",
        "rename dir_fd": """
            at = os.open(place, 0); os.rename('victim', 'renamed', src_dir_fd=at, dst_dir_fd=at)
            """,
        "take away": "os.rename(victim, copy + '/taken')",
        "bring in": "open(copy + '/brought', 'w'); os.rename(copy + '/brought', place + '/b')",
    },
    "sqlite": {
        "connect": "sqlite3.connect(database).execute(TABLE)",
        "connect to a path": "sqlite3.connect(pathlib.Path(database)).execute(TABLE)",
        "two-faced path": """
            class Path:
                asked = 0
                def __fspath__(self):
                    self.asked += 1
                    return database if self.asked % 2 else copy + '/harmless'
            sqlite3.connect(Path()).execute(TABLE); sqlite3.connect(Path()).execute(TABLE)
            """,
        "Connection": "sqlite3.Connection(database).execute(TABLE)",
        "of the library in C": "_sqlite3.connect(database).execute(TABLE)",
        "class of the library in C": "_sqlite3.Connection(database).execute(TABLE)",
        "class of its own": """
            class Own(sqlite3.Connection):
                pass
            Own(database).execute(TABLE)
            """,
        "attach": """
            here = sqlite3.connect(':memory:')
            here.execute('ATTACH ? AS o', [database]); here.execute('CREATE TABLE o.harm (x)')
            """,
        "attach without authorizer": """
            here = sqlite3.connect(':memory:'); here.set_authorizer(None)
            here.execute("ATTACH '%s' AS o" % database); here.execute('CREATE TABLE o.harm (x)')
            """,
        "attach with one of its own": """
            here = sqlite3.connect(':memory:'); here.set_authorizer(lambda *rest: 0)
            here.execute("ATTACH '%s' AS o" % database); here.execute('CREATE TABLE o.harm (x)')
            """,
        "attach from a class of its own": """
            class Own(sqlite3.Connection):
                def set_authorizer(self, asked):
                    pass
            here = sqlite3.connect(':memory:', factory=Own); here.set_authorizer(None)
            here.execute("ATTACH '%s' AS o" % database); here.execute('CREATE TABLE o.harm (x)')
            """,
        "attach a computed name": """
            here = sqlite3.connect(':memory:')
            here.execute("ATTACH '%s' || '' AS o" % database); here.execute('CREATE TABLE o.h (x)')
            """,
        "uri": "sqlite3.connect('file:%s?mode=rw' % database, uri=True).execute(TABLE)",
        "uri with escapes": """
            name = 'file://' + database.replace('d', '%64') + '?mode=rw'
            sqlite3.connect(name, uri=True).execute(TABLE)
            """,
        "link": "os.symlink(database, copy + '/d'); sqlite3.connect(copy + '/d').execute(TABLE)",
        "second name": """
            os.link(database, copy + '/d2'); sqlite3.connect(copy + '/d2').execute(TABLE)
            """,
        "vacuum into": "sqlite3.connect(':memory:').execute(\"VACUUM INTO '%s'\" % (place + '/v'))",
        "backup": "sqlite3.connect(':memory:').backup(sqlite3.connect(database))",
        "reading that writes": """
            sqlite3.connect('file:%s/wal.sqlite3?mode=ro' % place, uri=True).execute(
                'SELECT * FROM rows').fetchall()
            """,
    },
    "tcp": {
        "connect": "socket.socket().connect(('127.0.0.1', tcp))",
        "connect_ex": "socket.socket().connect_ex(('127.0.0.1', tcp))",
        "connection": "socket.create_connection(('localhost', tcp))",
        "url": """
            import urllib.request
            urllib.request.urlopen('http://127.0.0.1:%d' % tcp, None, 1)
            """,
        "asyncio": """
            import asyncio
            asyncio.run(asyncio.open_connection('127.0.0.1', tcp))
            """,
        "by several ways": "socket.socket(socket.AF_INET, socket.SOCK_STREAM, 262).connect("
        "('127.0.0.1', tcp))",
        "while sending": "socket.socket().sendto(b'x', 0x20000000, ('127.0.0.1', tcp))",
    },
    "other sockets": {
        "udp": "socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', udp))",
        "udp message": "socket.socket(type=socket.SOCK_DGRAM).sendmsg([b'x'], [], 0, "
        "('127.0.0.1', udp))",
        "udp connected": """
            here = socket.socket(type=socket.SOCK_DGRAM)
            here.connect(('127.0.0.1', udp)); here.send(b'x')
            """,
        "path": "socket.socket(socket.AF_UNIX).connect(place + '/socket')",
        "path through a link": """
            os.symlink(place + '/socket', copy + '/s')
            socket.socket(socket.AF_UNIX).connect(copy + '/s')
            """,
        "abstract": "socket.socket(socket.AF_UNIX).connect(abstract)",
    },
    "lingering": {
        "double fork": """
            if os.fork() == 0:
                os.setsid()
                if os.fork() == 0:
                    wait(); open(mark, 'w'); os._exit(0)
                os._exit(0)
            """,
        "thread and fork": """
            if os.fork() == 0:
                os.setsid()
                import threading
                late = threading.Thread(target=wait); late.start(); late.join()
                open(mark, 'w'); os._exit(0)
            """,
    },
    "signals": {
        "kill": "os.kill(pid, 15)",
        "killpg": "os.killpg(pid, 15)",
        "pidfd": "import signal; signal.pidfd_send_signal(os.pidfd_open(pid), 15)",
    },
}

C = {
    "contents": {
        "creat": "libc.creat(victim.encode(), 0o644)",
        "truncate": "libc.truncate(victim.encode(), 0)",
        "openat": """
            at = libc.open(place.encode(), 0)
            libc.write(libc.openat(at, b'victim', 1), b'x', 1)
            """,
        "second name": """
            libc.link(victim.encode(), (copy + '/c').encode())
            libc.truncate((copy + '/c').encode(), 0)
            """,
        "put over it": """
            libc.creat((copy + '/c2').encode(), 0o600)
            libc.rename((copy + '/c2').encode(), victim.encode())
            """,
        "stdio": "libc.fopen.restype = ctypes.c_void_p; libc.fopen(victim.encode(), b'w')",
    },
    "metadata": {
        "chmod": "libc.chmod(victim.encode(), 0o600)",
        "chmod by number": "libc.fchmod(libc.open(victim.encode(), 0), 0o600)",
        "owner": "libc.chown(victim.encode(), os.getuid(), os.getgid())",
        "times": "libc.utimes(victim.encode(), None)",
        "attribute": "libc.setxattr(victim.encode(), b'user.harm', b'x', 1, 0)",
    },
    "create and remove": {
        "folder": "libc.mkdir((place + '/made').encode(), 0o700)",
        "file": "libc.creat((place + '/new').encode(), 0o600)",
        "pipe": "libc.mkfifo((place + '/pipe').encode(), 0o600)",
        "link there": "libc.symlink(b'/nowhere', (place + '/link').encode())",
        "remove": "libc.unlink(victim.encode())",
        "remove a folder": "libc.rmdir((place + '/empty').encode())",
        "rename": "libc.rename(victim.encode(), (place + '/renamed').encode())",
        "take away": "libc.rename(victim.encode(), (copy + '/taken-by-c').encode())",
    },
    "sqlite": {
        "library": """
            library, opened = ctypes.CDLL(_sqlite3.__file__), ctypes.c_void_p()
            library.sqlite3_open(database.encode(), ctypes.byref(opened))
            library.sqlite3_exec(opened, TABLE.encode(), None, None, None)
            """,
        "attach": """
            library, opened = ctypes.CDLL(_sqlite3.__file__), ctypes.c_void_p()
            library.sqlite3_open(b':memory:', ctypes.byref(opened))
            for text in ("ATTACH '%s' AS o" % database, 'CREATE TABLE o.harm (x)'):
                library.sqlite3_exec(opened, text.encode(), None, None, None)
            """,
    },
    "tcp": {
        "connect": """
            address = struct.pack('=H', 2) + struct.pack('!H4s8x', tcp, b'\\x7f\\0\\0\\1')
            libc.connect(libc.socket(2, 1, 0), address, 16)
            """,
        "while sending": """
            address = struct.pack('=H', 2) + struct.pack('!H4s8x', tcp, b'\\x7f\\0\\0\\1')
            libc.sendto(libc.socket(2, 1, 0), b'x', 1, 0x20000000, address, 16)
            """,
        "by several ways": """
            address = struct.pack('=H', 2) + struct.pack('!H4s8x', tcp, b'\\x7f\\0\\0\\1')
            libc.connect(libc.socket(2, 1, 262), address, 16)
            """,
    },
    "other sockets": {
        "udp": """
            address = struct.pack('=H', 2) + struct.pack('!H4s8x', udp, b'\\x7f\\0\\0\\1')
            libc.sendto(libc.socket(2, 2, 0), b'x', 1, 0, address, 16)
            """,
        "path": """
            address = struct.pack('=H', 1) + (place + '/socket').encode() + b'\\0'
            libc.connect(libc.socket(1, 1, 0), address, len(address))
            """,
        "abstract": """
            address = struct.pack('=H', 1) + abstract.encode()
            libc.connect(libc.socket(1, 1, 0), address, len(address))
            """,
    },
    "lingering": {
        "double fork": """
            if libc.fork() == 0:
                libc.setsid()
                if libc.fork() == 0:
                    for _ in range(1200):
                        if libc.access(over.encode(), 0) == 0:
                            break
                        libc.usleep(50_000)
                    libc.creat(mark.encode(), 0o600); libc._exit(0)
                libc._exit(0)
            """,
    },
    "signals": {"kill": "libc.kill(pid, 15)"},
}

#: Lines for a shell; ``{…}`` are the names that code has.
SHELL = {
    "contents": {
        "write": "echo x > {place}/victim",
        "copy": "echo x > {copy}/from && cp {copy}/from {place}/victim",
        "dd": "dd if=/dev/zero of={place}/victim count=1",
    },
    "metadata": {
        "chmod": "chmod 600 {place}/victim",
        "touch": "touch -t 200001010000 {place}/victim",
    },
    "create and remove": {
        "make": "mkdir {place}/made; touch {place}/new",
        "remove": "rm -rf {place}/folder {place}/victim",
        "move": "mv {place}/victim {copy}/moved",
        "link": "ln {place}/victim {place}/second; ln -s /nowhere {place}/link",
    },
    "lingering": {
        "background": "setsid sh -c 'for n in $(seq 600); do test -e {over} && break; sleep 0.1; "
        "done; echo > {mark}' > /dev/null 2>&1 &",
    },
    "signals": {"kill": "kill {pid}"},
}
#: The same for a Python that nobody guards.
ALONE = {
    "sqlite": {"connect": PYTHON["sqlite"]["connect"]},
    "tcp": {"connect": PYTHON["tcp"]["connect"]},
    "other sockets": {each: PYTHON["other sockets"][each] for each in ("udp", "path")},
}

#: How a project's own code is run in another interpreter; ``{code}`` is all of it.
SPAWNED = {
    "spawn": "start('spawn', {code!r})",
    "pool": """
        import concurrent.futures, multiprocessing
        from shop import worker
        context = multiprocessing.get_context('spawn')
        with concurrent.futures.ProcessPoolExecutor(1, context) as pool:
            pool.submit(worker.run, {code!r}).result(20)
        """,
    "forkserver": "start('forkserver', {code!r})",
    "below multiprocessing": """
        import multiprocessing.util
        started = multiprocessing.util.spawnv_passfds(
            os.fsencode(sys.executable), [b'python', b'-I', b'-c', {code!r}.encode()], [])
        os.waitpid(started, 0)
        """,
}
START = """
def start(method, code):
    import multiprocessing
    from shop import worker
    process = multiprocessing.get_context(method).Process(target=worker.run, args=(code,))
    process.start(); process.join(20)
"""
#: Of each act, what is tried in another interpreter.
IN_SPAWNED = {
    "contents": ("open", "dir_fd"),
    "metadata": ("chmod", "times by number"),
    "create and remove": ("folder", "remove"),
    "sqlite": ("connect", "attach without authorizer"),
    "tcp": ("connect",),
    "other sockets": ("udp", "path"),
    "lingering": ("double fork",),
    "signals": ("kill",),
}


@dataclass(frozen=True)
class Attack:
    """One variant of a cell. ``seen`` is whether it goes through functions of Python's."""

    way: str
    act: str
    name: str
    code: str
    seen: bool

    def __str__(self) -> str:
        return f"{self.way}: {self.act}: {self.name}"


def every(long: bool) -> list[Attack]:
    """All of them, in order. Interpreters take long to start: but for a long run, each act is done
    in two ways of starting one, by turns."""
    found = [*_of("python", PYTHON, seen=True), *_of("C", C, seen=False)]
    for act, lines in SHELL.items():
        for name, line in lines.items():
            for how, seen in (("libc.system(line.encode())", False), ("os.system(line)", True)):
                code = f"line = {line!r}.format(**globals())\n{how}"
                found.append(Attack("child", act, f"{name}, {how.split('(')[0]}", code, seen))
    for act, codes in ALONE.items():
        for name, code in codes.items():
            words = "[sys.executable, '-I', '-c', whole]"
            whole = f"whole = given + {HEAD + textwrap.dedent(code)!r}\n"
            run = whole + f"subprocess.run({words})"
            found.append(Attack("child", act, f"{name}, subprocess", run, True))
            in_c = (
                whole + f"words = {words}\n"
                "started = libc.fork()\n"
                "if started == 0:\n"
                "    libc.execv(words[0].encode(), (ctypes.c_char_p * 5)(\n"
                "        *(each.encode() for each in words), None))\n"
                "    libc._exit(1)\n"
                "os.waitpid(started, 0)"
            )
            found.append(Attack("child", act, f"{name}, execv in C", in_c, False))
    hows = [*SPAWNED.items()]
    for number, (act, names) in enumerate(IN_SPAWNED.items()):
        first = 2 * number % len(hows)
        for how, text in hows if long else hows[first : first + 2]:
            for name in names if long else names[number % len(names) :][:1]:
                code = HEAD + textwrap.dedent(PYTHON[act][name])
                call = textwrap.dedent(text).replace("{code!r}", f"(given + {code!r})")
                found.append(Attack("spawned", act, f"{name}, {how}", START + call, True))
    return found


def _of(way: str, table: dict[str, dict[str, str]], seen: bool) -> list[Attack]:
    return [
        Attack(way, act, name, textwrap.dedent(code), seen)
        for act, codes in table.items()
        for name, code in codes.items()
        if not (name == "attribute" and sys.platform != "linux")
    ]
