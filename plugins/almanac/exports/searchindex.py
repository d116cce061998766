"""The index that search in the browser reads, made by Pagefind: the same files for the same records.

Its binary is spoken to over pipes as its own Python client does it, only that we do not wait 0.1 s for each answer.
"""

from __future__ import annotations

import json
import re
import subprocess
from base64 import b64decode, b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from gzip import compress, decompress
from hashlib import sha256
from threading import Thread
from typing import IO, Any, NamedTuple

UNUSED = re.compile(r"pagefind-.*ui\.(css|js)|pagefind-highlight\.js|wasm\.unknown\.pagefind")  # we have our own looks
YES = ["yes"]
ENTRY = "pagefind-entry.json"


class SearchRecord(NamedTuple):
    """A thing that can be found. `marks` are what it can be chosen by: provider-groq, kind-outage."""

    url: str  # relative to the site's root
    title: str
    note: str  # what stands beside the title in a list of results
    text: str  # a piece of it is shown around what was found; "" if there is none
    names: str  # found, too, and not shown
    marks: tuple[str, ...]
    date: str  # the newest first where order is by date

    @property
    def request(self) -> Mapping[str, Any]:
        """What Pagefind is told. A mark is a filter of its own: Pagefind shuffles the values of one."""
        return {
            "type": "AddRecord",
            "index_id": 0,
            "url": self.url,
            "content": f"{self.text} {self.title}. {self.names}",
            "language": "en",
            "meta": {"title": self.title, "note": self.note, "told": "yes" if self.text else ""},
            "filters": dict.fromkeys(self.marks, YES),
            "sort": {"date": self.date},
        }


def files(records: Iterable[SearchRecord]) -> dict[str, bytes]:
    """Return the files of the index by path, with the script that reads them; raise RuntimeError if there are none."""
    requests = [{"type": "NewIndex", "config": {"force_language": "en"}}, *(record.request for record in records)]
    last = _talk([*requests, {"type": "GetFiles", "index_id": 0}])
    if "files" not in last:
        raise RuntimeError(f"Pagefind did not make an index: {last}")
    contents = {file["path"]: b64decode(file["content"]) for file in last["files"]}
    return _in_order({path: data for path, data in contents.items() if not UNUSED.fullmatch(path)})


def _talk(requests: Sequence[Mapping[str, Any]]) -> Any:
    """Ask all, and give the last answer. Questions are written beside the reading: pipes are short."""
    from pagefind_bin import get_executable

    with subprocess.Popen(  # noqa: S603  (the binary of a locked package, no arguments from anywhere)
        [str(get_executable()), "--service"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as service:
        assert service.stdin is not None  # noqa: S101
        assert service.stdout is not None  # noqa: S101
        writer = Thread(target=_ask, args=(service.stdin, requests))
        writer.start()
        answers = [answer for _, answer in zip(requests, _answers(service.stdout), strict=False)]
        writer.join()
        service.stdin.close()  # it ends when nobody can ask any more
    return json.loads(b64decode(answers[-1]))["payload"] if answers else {}


def _ask(pipe: IO[bytes], requests: Iterable[Mapping[str, Any]]) -> None:
    try:
        for number, request in enumerate(requests, 1):
            message = json.dumps({"message_id": number, "payload": request}).encode()
            pipe.write(b64encode(message) + b",")
        pipe.flush()
    except BrokenPipeError:  # it died; whoever reads its answers says so
        pass


def _answers(pipe: IO[bytes]) -> Iterator[bytes]:
    """Yield answers in base64, each of which ends in a comma."""
    left = b""
    while got := pipe.read1(1 << 20):  # type: ignore[attr-defined]  # a BufferedReader
        *whole, left = (left + got).split(b",") if b"," in got else [left + got]
        yield from whole


def _in_order(index_files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files with the filters in the order of their names, where Pagefind's order is that of a hash table.

    What names them is a gzipped CBOR file that is called by its own hash.
    """
    name = next((path for path in index_files if path.endswith(".pf_meta")), "")
    if not name:  # nothing was indexed
        return index_files
    meta = decompress(index_files.pop(name))
    entries = sorted(match[0] for match in _FILTER.finditer(meta))
    in_order = iter(entries)
    meta = _FILTER.sub(lambda _: next(in_order), meta)
    old = name.removeprefix("pagefind.").removesuffix(".pf_meta")
    new = f"en_{sha256(meta).hexdigest()[:10]}"
    entry = index_files[ENTRY].replace(old.encode(), new.encode())
    return {**index_files, ENTRY: entry, f"pagefind.{new}.pf_meta": compress(meta, 9, mtime=0)}


# Two texts in CBOR: the name of a filter, and the hash its file is called by.
_FILTER = re.compile(rb"\x82(?:[\x60-\x77]|\x78.)(?:provider|kind)-[a-z0-9-]+?\x6aen_[0-9a-f]{7}", re.DOTALL)
