"""A little internet of its own: a network namespace with public addresses, a resolver, certificates, and traps.

Every address is this machine. What comes in at a public one is served, what comes in anywhere else is counted: nobody
may ever connect there. Needs the right to make namespaces (root), `ip`, `mount` and `openssl`.
"""

from __future__ import annotations

import ctypes
import shutil
import socket
import ssl
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from almanac.fetch.guard import is_public

DOMAIN = "feeds.example"
RESOLVER = "93.184.216.53"
PRIVATE = ("10.0.0.1", "169.254.169.254", "172.16.0.1", "192.168.0.1", "100.64.0.1")  # beside 127.0.0.0/8 and ::1
CLOSED, FULL = "93.184.218.1", "93.184.218.2"  # no way leads there; its queue is full, so that connecting hangs
CLONE_NEWNS, CLONE_NEWNET = 0x00020000, 0x40000000  # of linux/sched.h
A, AAAA = 1, 28  # RFC 1035, RFC 3596
SERVFAIL, NXDOMAIN = 2, 3

Answer = bytes | int | Sequence[str] | None  # a raw reply, an error code, addresses, or silence


def missing() -> str:
    """Return what keeps us from making namespaces here; "" if nothing does."""
    if sys.platform != "linux":
        return "Linux"
    return next((tool for tool in ("ip", "mount", "openssl") if not shutil.which(tool)), "")


def enter() -> bool:
    """Take this process into namespaces of its own. It never comes back; False if it may not."""
    if ctypes.CDLL(None).unshare(CLONE_NEWNS | CLONE_NEWNET):
        return False
    _run("mount", "--make-rprivate", "/")
    _run("ip", "link", "set", "lo", "up")
    return True


def settle(folder: Path, addresses: Sequence[str]) -> Certificates:
    """Give this namespace its addresses, its resolver and an authority that programs in it trust."""
    for address in (*addresses, *PRIVATE, RESOLVER, FULL):
        _run("ip", "addr", "add", f"{address}/32", "dev", "lo")
    _run("ip", "route", "add", "unreachable", f"{CLOSED}/32")
    etc = {
        "resolv.conf": f"nameserver {RESOLVER}\noptions timeout:30 attempts:1\n",
        "nsswitch.conf": "hosts: files dns\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }
    for name, text in etc.items():
        (folder / name).write_text(text)
        _run("mount", "--bind", str(folder / name), f"/etc/{name}")
    made = Certificates(folder)
    made.trust()
    return made


def _run(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


class Certificates:
    """An authority and what it signs: a good certificate, an expired one, one for another name; and one of nobody's."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        _run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", self._file("key"))
        for name in ("authority", "self-signed"):
            _run(
                "openssl",
                "req",
                "-x509",
                "-new",
                "-key",
                self._file("key"),
                "-subj",
                f"/CN={name}",
                "-addext",
                f"subjectAltName=DNS:*.{DOMAIN}",
                "-days",
                "30",
                "-out",
                self._file(name),
            )
        _run("openssl", "req", "-new", "-key", self._file("key"), "-subj", "/CN=server", "-out", self._file("request"))
        self._sign("good")
        self._sign("expired", days=-1)
        self._sign("other-name", host="else.where.example")

    def _sign(self, name: str, *, days: int = 30, host: str = f"*.{DOMAIN}") -> None:
        (self._folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
        _run(
            "openssl",
            "x509",
            "-req",
            "-in",
            self._file("request"),
            "-CA",
            self._file("authority"),
            "-CAkey",
            self._file("key"),
            "-days",
            str(days),
            "-extfile",
            str(self._folder / "names"),
            "-out",
            self._file(name),
        )

    def _file(self, name: str) -> str:
        return str(self._folder / f"{name}.pem")

    def trust(self) -> None:
        """Let what OpenSSL trusts by default be our authority, in this mount namespace."""
        paths = ssl.get_default_verify_paths()
        if Path(paths.openssl_cafile).is_file():
            _run("mount", "--bind", self._file("authority"), str(Path(paths.openssl_cafile).resolve()))
        if Path(paths.openssl_capath).is_dir():
            hashed = self._folder / "trusted"
            hashed.mkdir()
            name = _run("openssl", "x509", "-in", self._file("authority"), "-noout", "-hash").strip()
            shutil.copy(self._file("authority"), hashed / f"{name}.0")
            _run("mount", "--bind", str(hashed), str(Path(paths.openssl_capath).resolve()))

    def context(self, name: str) -> ssl.SSLContext:
        """Return a server's side with this certificate; "old" is a good one that speaks only TLS 1.1."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self._file("good" if name == "old" else name), self._file("key"))
        if name == "old":
            context.set_ciphers("ALL:@SECLEVEL=0")
            context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
        return context


@dataclass(slots=True)
class Net:
    """Everything that listens. `serve` is given each connection to a public address, `resolve` each question."""

    serve: Callable[[socket.socket, str, int], None]
    resolve: Callable[[str, int, int], Answer]  # name, type, how many questions about that name came before
    traps: list[str] = field(default_factory=list)  # where somebody connected who must not have
    asked: Counter[str] = field(default_factory=Counter)
    _kept: list[socket.socket] = field(default_factory=list)

    def start(self) -> None:
        """Listen at every address; connections to FULL hang."""
        for port in (80, 443):
            for family, host in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                listener = socket.create_server((host, port), family=family, backlog=512, reuse_port=True)
                threading.Thread(target=self._accept, args=[listener], daemon=True).start()
        queue = socket.socket()
        queue.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        queue.bind((FULL, 80))
        queue.listen(0)
        self._kept = [queue, *(socket.socket() for _ in range(3))]
        for waiting in self._kept[1:]:
            waiting.setblocking(False)
            waiting.connect_ex((FULL, 80))
        threading.Thread(target=self._answer, daemon=True).start()

    def _accept(self, listener: socket.socket) -> None:
        while True:
            connection, _ = listener.accept()
            address, port = connection.getsockname()[:2]
            if is_public(address):
                threading.Thread(target=self._served, args=(connection, address, port), daemon=True).start()
            else:
                self.traps.append(f"{address} port {port}")
                connection.close()

    def _served(self, connection: socket.socket, address: str, port: int) -> None:
        with suppress(OSError):  # the other side may hang up at any moment
            self.serve(connection, address, port)

    def _answer(self) -> None:
        """Answer questions about names (RFC 1035)."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as door:
            door.bind((RESOLVER, 53))
            while True:
                question, who = door.recvfrom(512)
                name, kind, end = _question(question)
                answer = self.resolve(name, kind, self.asked[name])
                self.asked[name] += kind == A
                if answer is not None:
                    door.sendto(answer if isinstance(answer, bytes) else _reply(question, end, kind, answer), who)


def _question(data: bytes) -> tuple[str, int, int]:
    """Name and type that are asked for, and where the question ends."""
    labels, at = [], 12
    while size := data[at]:
        labels.append(data[at + 1 : at + 1 + size].decode())
        at += 1 + size
    return ".".join(labels).lower(), struct.unpack("!H", data[at + 1 : at + 3])[0], at + 5


def _reply(question: bytes, end: int, kind: int, answer: int | Sequence[str]) -> bytes:
    code, addresses = (answer, []) if isinstance(answer, int) else (0, [*answer])
    family = {A: socket.AF_INET, AAAA: socket.AF_INET6}.get(kind)
    fitting = [one for one in addresses if family and (":" in one) == (kind == AAAA)]
    head = question[:2] + struct.pack("!HHHHH", 0x8180 | code, 1, len(fitting), 0, 0)
    rows = [
        b"\xc0\x0c" + struct.pack("!HHIH", kind, 1, 0, 4 if kind == A else 16) + socket.inet_pton(family, one)
        for one in fitting
        if family
    ]
    return head + question[12:end] + b"".join(rows)
