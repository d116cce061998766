"""The HTTP client: httpx2 on top of our guarded sockets, its errors turned into FeedErrors of one line."""

from __future__ import annotations

import functools
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from almanac.fetch.guard import Backend, Deadline
from almanac.model import FeedError


class TransientError(FeedError):
    """A fault that may be gone in a moment. `wait`: seconds the server asked for, if it did."""

    def __init__(self, reason: str, message: str, wait: float | None = None) -> None:
        super().__init__(reason, message)
        self.wait = wait


@contextmanager
def client(deadline: Deadline, via: tuple[str, int] | None, agent: str) -> Iterator[httpx2.Client]:
    """Yield a client for one request and its redirects, closed at the end; whatever goes wrong is a FeedError."""
    session = httpx2.Client(
        transport=_Transport(Backend(deadline, via)),
        trust_env=False,
        timeout=None,  # the backend gives every operation what is left of the deadline
        headers={
            "User-Agent": agent,
            "Accept": "application/atom+xml, application/rss+xml, application/json, application/xml;q=0.9, */*;q=0.1",
            "Accept-Encoding": "gzip",  # what `body` can unpack under a cap
        },
    )
    with session, _plain_errors(deadline):
        yield session


class _Transport(httpx2.BaseTransport):
    """httpcore2's pool with our backend, which `httpx2.HTTPTransport` has no way to be given."""

    def __init__(self, backend: Backend) -> None:
        self._pool = httpcore2.ConnectionPool(ssl_context=_tls(), network_backend=backend, max_connections=1)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        url = request.url
        answer = self._pool.handle_request(
            httpcore2.Request(
                method=request.method,
                url=httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx2.Response(
            status_code=answer.status, headers=answer.headers, stream=_Body(answer), extensions=answer.extensions
        )

    def close(self) -> None:
        self._pool.close()


class _Body(httpx2.SyncByteStream):
    def __init__(self, answer: httpcore2.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


@functools.cache
def _tls() -> ssl.SSLContext:
    return httpx2.create_ssl_context(trust_env=False)


@contextmanager
def _plain_errors(deadline: Deadline) -> Iterator[None]:
    """Turn what httpcore2 raises into FeedErrors of one line."""
    try:
        yield
    except httpcore2.TimeoutException as error:
        raise deadline.timeout_error() from error
    except httpcore2.ConnectError as error:
        raise _connect_error(error) from error
    except httpcore2.NetworkError as error:
        if isinstance(error.__context__, ssl.SSLError):
            raise FeedError("tls", "the encrypted connection broke; check the feed's address") from error
        raise TransientError("reset", "the connection was cut; pull again later") from error
    except httpcore2.RemoteProtocolError as error:
        raise _broken_protocol(str(error)) from error
    except (httpx2.InvalidURL, ValueError) as error:  # the client looks at a Location even if it does not follow it
        raise FeedError("redirect", "redirects to an invalid URL; look for its new one") from error
    except (httpcore2.ProtocolError, httpcore2.UnsupportedProtocol) as error:
        raise FeedError("protocol", f"cannot be asked ({_one_line(error)}); check the feed's address") from error


def _connect_error(error: httpcore2.ConnectError) -> FeedError:
    cause = error.__context__  # the pool raises it again `from None`
    if isinstance(cause, ssl.SSLCertVerificationError):
        return FeedError("tls", f"its certificate is not valid ({cause.verify_message}); check the feed's address")
    if isinstance(cause, ssl.SSLError):
        return FeedError("tls", "no encrypted connection could be agreed on; check the feed's address")
    if isinstance(cause, ConnectionResetError):
        return TransientError("reset", "the connection was cut while it was set up; pull again later")
    return FeedError("refused", f"takes no connections ({_one_line(error)}); check network and address")


def _broken_protocol(message: str) -> FeedError:
    if "complete message body" in message or "incomplete chunked read" in message:
        return TransientError("truncated", "the answer ended before its announced length; pull again later")
    if "without sending a response" in message:
        return TransientError("reset", "the connection was closed without an answer; pull again later")
    return FeedError("protocol", f"does not speak HTTP ({' '.join(message.split())[:120]}); check the feed's address")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:120] or type(error).__name__
