"""Runs shares of work that go in two steps, here or in forked processes.

A share is a generator: it yields what it found, is sent what all shares found together, and yields what it made. What
it holds in between (parsed incidents, say) never has to travel.
"""

from __future__ import annotations

import gc
import os
import pickle
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import repeat
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

Share = Generator[Any, Any, None]


class Crew:
    """One worker a share. A single share, and every share where there is no fork, runs in this process.

    With `late` their first steps run here, and they part only for the second: there is little to find then.
    `ahead` is what each does bit by bit while it waits for the whole, if it is a process and has to wait.
    """

    def __init__(self, shares: Sequence[Share], ahead: Sequence[Iterable[None]] = (), late: bool = False) -> None:
        forks = len(shares) > 1 and hasattr(os, "fork")
        self.apart = forks and not late  # at work beside this process from the start
        self._workers: list[_Here | _Forked | _Late]
        if self.apart:
            self._workers = [_Forked(*each) for each in zip(shares, ahead or repeat(()), strict=False)]
        else:
            self._workers = [_Late(share) if forks else _Here(share) for share in shares]

    def found(self) -> list[Any]:
        """What each share found in its first step. Raises what a share raised."""
        return [worker.receive() for worker in self._workers]

    def tell(self, whole: object) -> None:
        """Give every share what all of them need for the second step."""
        data = pickle.dumps(whole, pickle.HIGHEST_PROTOCOL) if self.apart else b""
        for worker in self._workers:
            worker.send(whole, data)

    def made(self) -> list[Any]:
        """What each share made in its second step. Raises what a share raised."""
        return [worker.receive() for worker in self._workers]


class Columns(NamedTuple):
    """Named rows of one kind, as they travel best between processes: pickling each row by itself takes longer."""

    kind: type[Any]  # a NamedTuple
    names: list[str]
    cells: list[tuple[Any, ...]]

    @classmethod
    def of(cls, kind: type[Any], rows: Mapping[str, tuple[Any, ...]]) -> Columns:
        """Rows by name, all of one kind."""
        return cls(kind, list(rows), list(zip(*rows.values(), strict=True)))

    def rows(self) -> dict[str, Any]:
        """What they were made of."""
        return dict(zip(self.names, map(self.kind, *self.cells), strict=True)) if self.names else {}


class Errands:
    """Numbers below `count`, each for the process that asks first: who is done early takes more of them."""

    def __init__(self, count: int) -> None:
        self._left, giving = os.pipe()  # the kernel hands out bytes one by one, whoever asks
        os.write(giving, bytes(range(count)))
        os.close(giving)

    def __iter__(self) -> Iterator[int]:
        while taken := os.read(self._left, 1):
            yield taken[0]

    def __del__(self) -> None:
        os.close(self._left)


class _Here:
    """A share that runs when its result is asked for."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._told: object = None

    def receive(self) -> Any:
        return self._share.send(self._told)

    def send(self, whole: object, _: bytes) -> None:
        self._told = whole


class _Late:
    """A share whose second step runs beside this process, and knows without being sent it what is known here."""

    def __init__(self, share: Share) -> None:
        self._share = share
        self._forked: _Forked | None = None

    def receive(self) -> Any:
        return self._forked.receive() if self._forked else next(self._share)

    def send(self, whole: object, _: bytes) -> None:
        self._forked = _Forked(self._share, told=whole)


class _Forked:
    """A share that runs at once, beside this process: from its start, or where it was `told` something."""

    def __init__(self, share: Share, ahead: Iterable[None] = (), told: object = None) -> None:
        from multiprocessing.connection import Pipe  # 0.05 s that a small build does without

        self._connection, theirs = Pipe()
        self._child = os.fork()
        if not self._child:
            self._connection.close()
            _work(share, theirs, ahead, told)
        theirs.close()
        self._left = 2 if told is None else 1

    def receive(self) -> Any:
        try:
            answer = self._connection.recv()
        except EOFError:
            answer = RuntimeError("a worker of the build was killed; is there enough memory?")
        self._left -= 1
        if isinstance(answer, BaseException) or not self._left:
            self._connection.close()
            os.waitpid(self._child, 0)
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def send(self, _: object, data: bytes) -> None:
        self._connection.send_bytes(data)


def _work(share: Share, connection: Connection, ahead: Iterable[None], told: object) -> NoReturn:
    """The life of a forked worker; it never returns into the code it was forked from."""
    gc.disable()  # it lives for seconds and makes no cycles worth finding
    try:
        if told is None:
            connection.send(next(share))
            with suppress(Exception):  # what goes wrong here goes wrong again in its turn, and is told then
                for _ in ahead:
                    if connection.poll():
                        break
            told = connection.recv()
        connection.send(share.send(told))
    except Exception as error:  # whatever it is, the process that waits must hear of it
        with suppress(OSError):  # unless nobody waits any more
            connection.send(error)
    finally:
        os._exit(0)
