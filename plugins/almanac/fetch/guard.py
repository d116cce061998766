"""Connects to public addresses only, exactly to the one that was checked, and cuts everything off at one deadline."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

import httpcore2

from almanac.model import FeedError

_NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: how IPv6-only networks reach IPv4 hosts
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")  # the only IPv6 space ever given to hosts (RFC 4291)
_NOT_HOSTS = tuple(
    ipaddress.ip_network(net)
    for net in (
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.88.99.0/24",  # 6to4 relays, RFC 7526
        "2001::/23",  # protocol assignments, Teredo, ORCHID
        "2002::/16",  # 6to4 carries any IPv4 address inside, RFC 3056
        "3fff::/20",  # documentation, RFC 9637; unknown to older Pythons
    )
)


def is_public(address: str) -> bool:
    """Say whether a feed may live at an address: global unicast, and so is any IPv4 address it carries inside.

    Stricter than `ipaddress.is_global`, which calls multicast, site-local and, in older Pythons, NAT64 global.
    """
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:  # a zone such as fe80::1%eth0 never names a public host either
        return False
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64:
            return is_public(str(ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)))
        if ip not in _GLOBAL_UNICAST:  # also refuses ::ffff:10.0.0.1 and ::127.0.0.1
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved and not any(ip in net for net in _NOT_HOSTS)


class Deadline:
    """Some seconds from now, for everything that is to be done until then."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Seconds left; negative once it has passed."""
        return self._end - time.monotonic()

    def left(self) -> float:
        """Return the seconds left, more than 0. Raises FeedError `timeout` once it has passed."""
        if (seconds := self.remaining) > 0:
            return seconds
        raise self.timeout_error()

    def timeout_error(self) -> FeedError:
        """Return the error to raise when it was not kept."""
        return FeedError("timeout", f"no whole answer within {self.seconds:g} s; if it stays so, look for another feed")


class Backend(httpcore2.NetworkBackend):
    """Opens the sockets of one request and its redirects.

    The name is resolved once and the socket goes to the very address that was checked, so a second, different answer
    of the resolver (DNS rebinding) has no effect; httpcore2 goes on using the name for Host and TLS. With `via`, an
    (address, port), every name leads there and nothing else is ever connected to.
    """

    def __init__(self, deadline: Deadline, via: tuple[str, int] | None = None) -> None:
        self._deadline = deadline
        self._via = via
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # not used: the deadline of the whole answer rules
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to a public address. Raises FeedError `dns`, `private-address` or `timeout`, or httpcore2's errors."""
        if self._via is None:
            places = [(address, port) for address in _public(host, _resolve(host, port, self._deadline))]
        else:
            places = [self._via]
            if _is_address(host) and (host, port) != self._via:
                _public(host, [host])
        while True:
            place, *places = places
            try:  # one dead address of several must leave time for the others
                stream = self._sockets.connect_tcp(*place, timeout=self._deadline.left() / (1 + len(places)))
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
                if not places:
                    raise
            else:
                return _Stream(stream, self._deadline)


def takes(host: str, port: int, deadline: Deadline) -> bool:
    """Say whether a host takes a connection, or would if its address were public: the resolver at least knows it."""
    try:
        Backend(deadline).connect_tcp(host, port).close()
    except FeedError as error:
        return error.reason == "private-address"
    except (httpcore2.ConnectError, httpcore2.ConnectTimeout):
        return False
    return True


class _Stream(httpcore2.NetworkStream):
    """A connection whose every operation gets only what is left of the deadline, however slowly bytes drip in."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _public(host: str, addresses: list[str]) -> list[str]:
    """Return those that may be asked. Raises FeedError `private-address` if there is none."""
    if public := [address for address in addresses if is_public(address)]:
        return public
    raise FeedError(
        "private-address", f"{host} leads to {addresses[0]}, no public address, and was not asked; fix the URL"
    )


def _resolve(host: str, port: int, deadline: Deadline) -> list[str]:
    """Return the addresses of a name, the preferred one first.

    getaddrinfo cannot be interrupted: it runs in a thread that is left behind when it takes too long.
    """
    answers: queue.SimpleQueue[list[str] | Exception] = queue.SimpleQueue()

    def ask() -> None:
        try:
            places = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answers.put(list(dict.fromkeys(str(place[4][0]) for place in places)))
        except (OSError, UnicodeError) as error:
            answers.put(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        answer = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise FeedError("dns", f"the name {host} was not resolved within {deadline.seconds:g} s") from None
    if isinstance(answer, Exception) or not answer:
        raise FeedError("dns", f"the name {host} cannot be resolved; check the network and the spelling") from None
    return answer
