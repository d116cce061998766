"""A little internet of its own answers as it should, and a pull in it stays whole under every fault."""

from __future__ import annotations

import os
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from bench.network import CONNECT
from tests.support import netns
from tests.support.netfaults import OWN, faults, says, then
from tests.support.netns import AAAA, NXDOMAIN, A

QUESTION = struct.pack("!HHHHHH", 7, 0x0100, 1, 0, 0, 0) + b"\x04Acme\x05feeds\x07example\x00\x00\x01\x00\x01"


def test_a_question_of_a_resolver_is_understood() -> None:
    assert netns._question(QUESTION) == ("acme.feeds.example", A, len(QUESTION))


def test_a_reply_holds_the_addresses_of_the_type_that_was_asked_for() -> None:
    reply = netns._reply(QUESTION, len(QUESTION), A, ["10.0.0.1", "::1", "8.8.8.8"])
    assert reply[:12] == struct.pack("!HHHHHH", 7, 0x8180, 1, 2, 0, 0)
    row = b"\xc0\x0c" + struct.pack("!HHIH", A, 1, 0, 4)
    assert reply[12:] == QUESTION[12:] + row + bytes([10, 0, 0, 1]) + row + bytes([8, 8, 8, 8])
    assert netns._reply(QUESTION, len(QUESTION), AAAA, ["::1"]).endswith(bytes(15) + b"\x01")
    assert netns._reply(QUESTION, len(QUESTION), A, NXDOMAIN)[:8] == struct.pack("!HHHH", 7, 0x8183, 1, 0)


def test_a_resolver_may_say_something_else_each_time() -> None:
    answers = then(OWN, ["127.0.0.1"])
    assert [answers(A, before) for before in range(3)] == [OWN, ["127.0.0.1"], ["127.0.0.1"]]
    assert answers(AAAA, 0) == []
    assert [says("10.0.0.1", "::1")(kind, 0) for kind in (A, AAAA)] == [["10.0.0.1"], ["::1"]]


def test_there_are_more_than_forty_faults_and_each_has_a_reason() -> None:
    found = faults(b"<feed>" + b" " * 200 + b"</feed>")
    assert len(found) > 40
    assert all(fault.reasons for fault in found.values())


def test_connections_are_read_from_what_strace_says() -> None:
    trace = """\
7 connect(5<TCP:[1]>, {sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")}, 16) = 0
7 connect(5<UDP:[1]>, {sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("127.0.0.1")}, 16) = 0
7 connect(6<TCPv6:[2]>, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), \
inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}, 28) = -1 EINPROGRESS
7 connect(8<UNIX-STREAM:[3]>, {sa_family=AF_UNIX, sun_path="/x"}, 110) = -1 ENOENT
"""
    assert CONNECT.findall(trace) == ["10.0.0.1", "::1"]


@pytest.mark.system
@pytest.mark.slow
def test_a_pull_stays_whole_under_every_fault(root: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(root / "plugins")}
    done = subprocess.run(
        [sys.executable, "-m", "bench.network", "2"],
        cwd=root,
        text=True,
        capture_output=True,
        env=environment,
        check=False,
    )
    if "skipped" in done.stdout:
        pytest.skip(done.stdout.strip())
    assert done.stdout.endswith("PASS\n"), done.stdout + done.stderr
