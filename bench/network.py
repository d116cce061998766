"""Everything the internet can do to a pull, in a network namespace with public addresses, a resolver and traps.

    python3 tasks.py bench network [DEADLINE]

Pulls some eighty providers at once from servers that are all this machine: first honestly, then with one fault
each, in the resolver, at the port, in TLS, in HTTP or by where a redirect leads; some stay honest. DEADLINE
(seconds, default that of a real pull) is for one answer. Limits: nobody costs more than the deadline + 2 s; the
pull and its readers stay under 150 MB; each fault is one typed error of its provider, and the archive of that
provider stays as it was to the byte; no connection is made to an address that is not public, as listeners there and
strace count; all others are read. Where namespaces cannot be made it says why and tries nothing; `bench pull` has a
part of this on loopback.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import resource
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from almanac import fetch, pull
from almanac.fetch.guard import is_public
from tests.support import netns
from tests.support.injection import STRACE
from tests.support.netfaults import OWN, Fault, faults, says
from tests.support.netns import DOMAIN, Certificates, Net
from tests.support.scenes import scratch
from tests.support.serving import Visit, page, watch
from tests.support.statuspages import BEGIN, Page, Step, atom

SLACK = 2.0  # seconds
MEMORY = 150  # MB
LATER = timedelta(days=1)
HONEST = ("honest", "honest-tls", "honest-too")  # the last one has a private address beside its public one
CONNECT = re.compile(r'connect\(\d+<TCP(?:v6)?:.*?(?:inet_addr\("|inet_pton\(AF_INET6, ")([^"]+)"')


def main(argv: list[str]) -> int:
    """Pull under all faults; 1 if a limit is missed."""
    seconds = float(argv[0]) if argv else fetch.SECONDS
    if tool := netns.missing():
        print(f"bench network: skipped, for it needs {tool}")
        return 0
    # In a process of its own: one that entered a namespace does not come back.
    with multiprocessing.get_context("spawn").Pool(1) as inside:
        return inside.apply(isolated, [seconds])


def isolated(seconds: float) -> int:
    """Run the bench in a process that is thrown away afterwards."""
    if not netns.enter():
        print("bench network: skipped, for this user may not make network namespaces")
        return 0
    with scratch() as folder:
        bench = Bench(folder)
        honest, wrong = bench.pull("honest", seconds), []
        wrong += bench.check("all are read while all are honest", not bench.failing(honest), str(bench.failing(honest)))
        bench.strike()
        struck = bench.pull("struck", seconds, hours=1)
        wrong += bench.judge(struck, seconds)
    print("FAIL" if wrong else "PASS")
    return int(bool(wrong))


@dataclass(slots=True)
class Pulled:
    """What the pulling process said of itself."""

    outcomes: dict[str, dict[str, Any]]
    megabytes: float
    seconds: float
    connected: list[str]  # addresses it connected to by TCP, where strace watched


class Bench:
    """The providers, the servers they are pulled from, and the archive."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.content = folder, folder / "content"
        histories = [Page(), Page()]
        for history, steps in zip(histories, (6, 9), strict=True):
            for at in range(steps):
                history.do(Step(what="open", after=600, text=f"Errors {at}."))
        self.feeds = [atom(history, DOMAIN) for history in histories]  # before and when the faults strike
        honest = {
            "honest": Fault(reasons=()),
            "honest-tls": Fault(reasons=(), port=443),
            "honest-too": Fault(reasons=(), names=says("10.0.0.1")),
        }
        self.sites = faults(self.feeds[1]) | honest
        self.addresses = {slug: f"93.184.216.{at}" for at, slug in enumerate(self.sites, 60)}
        self.slugs = {address: slug for slug, address in self.addresses.items()}
        self.certificates: Certificates = netns.settle(folder, [*self.addresses.values()])
        self.contexts = {
            name: self.certificates.context(name) for name in {fault.tls for fault in self.sites.values()} - {"raw"}
        }
        self.striking = False
        self.over = threading.Event()
        self.before: dict[str, dict[str, bytes]] = {}
        self.visits: list[str] = []
        self.net = Net(self._serve, self._resolve)
        self.net.start()
        for slug, fault in self.sites.items():
            watch(self.content, slug, f"{fault.scheme}://{slug}.{DOMAIN}/history.atom")

    def strike(self) -> None:
        """Let the faults strike from now on."""
        self.striking, self.before = True, self._archive()
        self.net.asked.clear()
        self.visits.clear()

    def _resolve(self, name: str, kind: int, before: int) -> netns.Answer:
        slug = name.partition(".")[0]
        own = [self.addresses[slug]] if slug in self.addresses and kind == netns.A else []
        if slug == "inside":
            return ["10.0.0.1"]
        fault = self.sites.get(slug)
        if not self.striking or fault is None or fault.names is None:
            return own
        answer = fault.names(kind, before)
        if slug in HONEST and isinstance(answer, list):
            return [*answer, *own]
        return own if answer == OWN else answer

    def _serve(self, connection: socket.socket, address: str, port: int) -> None:
        slug = self.slugs[address]
        fault = self.sites[slug]
        striking = self.striking and slug not in HONEST
        if striking:
            self.visits.append(slug)
        if striking and fault.early:
            fault.early(connection)
            return
        if port == 443:
            connection = self.contexts[fault.tls if striking else "good"].wrap_socket(connection, server_side=True)
        with connection:
            while head := _head(connection):
                path = head.split(" ")[1] if " " in head else "/"
                visit = Visit(slug, path, {}, connection, self.over)
                (fault.does if striking and fault.does else page(self.feeds[self.striking]))(visit)

    def pull(self, name: str, seconds: float, *, hours: int = 0) -> Pulled:
        """Pull all in a process of its own, watched by strace."""
        report_path, trace = self.folder / f"{name}.json", self.folder / f"{name}.trace"
        command = [sys.executable, "-m", "bench.network", "pull", str(self.content), str(hours), str(seconds)]
        if STRACE and self.striking:
            command = [STRACE, "-f", "--seccomp-bpf", "-qq", "-yy", "-e", "trace=connect", "-o", str(trace), *command]
        started = time.monotonic()
        process = subprocess.run([*command, str(report_path)], capture_output=True, text=True, check=False)
        if process.returncode:
            raise AssertionError(process.stderr)
        report = json.loads(report_path.read_text())
        traced = trace.read_text(errors="replace") if trace.exists() else ""
        return Pulled(
            {one["provider"]: one for one in report["outcomes"]},
            report["megabytes"],
            time.monotonic() - started,
            CONNECT.findall(traced),
        )

    def failing(self, pulled: Pulled) -> dict[str, Any]:
        """Return the providers that could not be read."""
        return {slug: one["failures"] for slug, one in pulled.outcomes.items() if one["failures"]}

    def judge(self, struck: Pulled, seconds: float) -> list[str]:
        """Hold a pull under fire against the limits; return those that were missed."""
        struck_sites = [slug for slug in self.sites if slug not in HONEST]
        cost = {slug: one["elapsed"] for slug, one in struck.outcomes.items()}
        failures = {slug: one["failures"] for slug, one in struck.outcomes.items()}
        for slug in struck_sites:
            reasons = ", ".join(reason for reason, _ in failures[slug])
            print(f"    {slug:22} {cost[slug]:5.1f} s  {reasons:16} {' '.join(m for _, m in failures[slug])[:90]}")
        odd = [
            slug
            for slug in struck_sites
            if [reason for reason, _ in failures[slug]] not in [[one] for one in self.sites[slug].reasons]
        ]
        slow = [slug for slug, took in cost.items() if took > seconds + SLACK]
        after = self._archive()
        moved = [slug for slug in struck_sites if after[slug] != self.before[slug]]
        inside = [address for address in struck.connected if not is_public(address)]
        unread = [slug for slug in HONEST if failures[slug] or after[slug] == self.before[slug]]
        print(f"  {len(struck_sites)} faults and {len(HONEST)} honest feeds at once in {struck.seconds:.0f} s")
        return [
            *self.check("each is one typed error of its provider, told for what it is", not odd, ", ".join(odd)),
            *self.check(
                f"none costs more than {seconds:g} + {SLACK:g} s (most: {max(cost.values()):.1f} s)",
                not slow,
                ", ".join(slow),
            ),
            *self.check(
                f"memory of the pull and of its readers: {struck.megabytes:.0f} MB, limit {MEMORY} MB",
                struck.megabytes <= MEMORY,
            ),
            *self.check("no byte of their incidents changes", not moved, ", ".join(moved)),
            *self.check("the others are read", not unread, ", ".join(unread)),
            *self.check("the rebinding name was asked at its public address", "dns-rebinding" in self.visits),
            *self.check(
                f"connections to addresses that are not public: {len(self.net.traps)} counted by listeners",
                not self.net.traps,
                ", ".join(self.net.traps),
            ),
            *self.check(
                f"and {len(inside)} of {len(struck.connected)} by strace" if STRACE else "no strace to count",
                not inside and bool(struck.connected or not STRACE),
                ", ".join(inside),
            ),
        ]

    def check(self, limit: str, holds: bool, detail: str = "") -> list[str]:
        """Print whether a limit holds; return what it is if not."""
        print(f"  {'ok  ' if holds else 'FAIL'} {limit}{'' if holds else f': {detail}'}", flush=True)
        return [] if holds else [limit]

    def _archive(self) -> dict[str, dict[str, bytes]]:
        """Return every incident file of each provider."""
        root = self.content / "incidents"
        return {slug: {path.name: path.read_bytes() for path in (root / slug).rglob("*.md")} for slug in self.sites}


def _head(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head:
        if not (got := connection.recv(4096)):
            return ""
        head += got
    return head.decode("latin-1")


def pulling(content: str, hours: str, seconds: str, report_path: str) -> None:
    """Pull in this process, and write down what came of it and what memory it took."""
    now = datetime(BEGIN.year, BEGIN.month, BEGIN.day, tzinfo=UTC) + LATER + timedelta(hours=int(hours))
    report = pull.pull(Path(content), now=now, seconds=float(seconds))
    outcomes = [
        {"provider": one.provider, "elapsed": one.elapsed, "failures": [(f.reason, f.message) for f in one.failures]}
        for one in report.outcomes
    ]
    megabytes = max(
        resource.getrusage(process).ru_maxrss for process in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    Path(report_path).write_text(json.dumps({"outcomes": outcomes, "megabytes": megabytes / 1024}))


if __name__ == "__main__":
    if sys.argv[1:2] == ["pull"]:
        pulling(*sys.argv[2:])
        os._exit(0)  # threads that wait for a resolver are left behind
    sys.exit(main(sys.argv[1:]))
