"""An S3 server on this machine, uploads that are killed, and a reader who follows every link meanwhile."""

from __future__ import annotations

import http.client
import json
import logging
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from almanac.upload.targets import NOTES
from tests.support.scenes import LINK

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 300.0  # seconds that an upload may take on a busy machine
PAUSE = 0.02  # seconds between two looks at how far it is
BUCKET, FOLDER = "almanac", "site"
ADDRESS = f"s3://{BUCKET}/{FOLDER}"
KEYS = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}
PUBLIC = {  # everybody may read, and learns what is not there
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [f"arn:aws:s3:::{BUCKET}", f"arn:aws:s3:::{BUCKET}/*"],
        }
    ],
}
SEND = "import sys; from pathlib import Path; from almanac.commands import upload; sys.exit(upload.main(Path(sys.argv[1]), sys.argv[2]))"


class Store:
    """A running server with one bucket. `environment` is what leads programs to it."""

    def __init__(self, port: int) -> None:
        self.host = f"127.0.0.1:{port}"
        self.environment = {**KEYS, "AWS_ENDPOINT_URL": f"http://{self.host}"}

    def begin(self, site: Path) -> subprocess.Popen[str]:
        """Begin to upload a site, in a process of its own."""
        environment = {**os.environ, **self.environment, "PYTHONPATH": str(ROOT / "plugins")}
        command = [sys.executable, "-c", SEND, str(site), ADDRESS]
        return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def upload(self, site: Path) -> str:
        """Upload a site, and return what was printed."""
        running = self.begin(site)
        try:
            said = running.communicate(timeout=LONGEST)[0]
        finally:
            running.kill()
        assert running.returncode == 0, said
        return said

    def objects(self) -> dict[str, tuple[str, str]]:
        """Return the mark and the time of every object, notes of ours too."""
        from moto.backends import get_backend

        backend: Any = get_backend("s3")
        [bucket] = [b for account in backend.values() for b in account["aws"].buckets.values()]
        return {
            str(name).removeprefix(f"{FOLDER}/"): (str(key.etag), str(key.last_modified))
            for name, key in list(bucket.keys.items())
        }

    def pages(self) -> dict[str, bytes]:
        """Return what readers find."""
        return {path: self.get(f"/{path}")[1] for path in self.objects() if not path.startswith(NOTES)}

    def get(self, path: str) -> tuple[int, bytes]:
        """Return status and body of an address of the site."""
        answer, body = self.answer(path)
        return answer.status, body

    def answer(self, path: str) -> tuple[http.client.HTTPResponse, bytes]:
        """Return what is answered to a reader who asks for an address."""
        connection = http.client.HTTPConnection(self.host, timeout=60)
        try:
            connection.request("GET", f"/{BUCKET}/{FOLDER}{quote(path)}")
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()


@contextmanager
def store() -> Iterator[Store]:
    """Yield a running server with an empty bucket; programs begun meanwhile by it are led there."""
    import boto3
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it would print each of ten thousand requests
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        running = Store(server.get_host_and_port()[1])
        client = boto3.client(
            "s3",
            endpoint_url=running.environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="testing",
            aws_secret_access_key="testing",  # noqa: S106  (of a server of this test)
        )
        client.create_bucket(Bucket=BUCKET)
        client.put_bucket_policy(Bucket=BUCKET, Policy=json.dumps(PUBLIC))
        yield running
    finally:
        server.stop()


def killed_when(running: subprocess.Popen[str], is_time: Callable[[], bool]) -> bool:
    """Kill a run as soon as it is time; False if it ended before. Raises TimeoutExpired if neither comes."""
    until = time.monotonic() + LONGEST
    while time.monotonic() < until:
        if is_time():
            running.kill()
        with suppress(
            subprocess.TimeoutExpired
        ):  # a look at all objects takes the server's time, which is this process's
            return running.wait(PAUSE) == -signal.SIGKILL
    running.kill()
    raise subprocess.TimeoutExpired(running.args, LONGEST)


class Reader(threading.Thread):
    """Follows every link from the first page on, again and again until told to stop. `faults` are links to nothing.

    A page may be another by the time its link is followed: so it is fetched again before its link counts as dead.
    """

    def __init__(self, site: Store, site_url: str, built: Mapping[str, bytes]) -> None:
        """`built` is the site as it is built: what it lacks itself is no fault of an upload."""
        super().__init__(daemon=True)
        self._site, self._absolute = site, re.compile(re.escape(site_url.encode()) + rb"(/[^\"<\s]*)")
        linked = {link for path, data in built.items() for link in self._links(f"/{path}", data)}
        self._absent = linked - {f"/{path}" for path in built}
        self._over = threading.Event()
        self.faults: list[str] = []
        self.pages = 0  # looked at
        self.rounds = 0

    def run(self) -> None:
        """Read; a server that stops answering is a fault too."""
        try:
            while not self._over.is_set():
                self._round()
                self.rounds += 1
        except (OSError, http.client.HTTPException) as error:
            self.faults.append(f"no answer: {error!r}")

    def stop(self) -> None:
        """Finish the page that is read. Raises TimeoutError if it never ends."""
        self._over.set()
        self.join(LONGEST)
        if self.is_alive():
            raise TimeoutError("the reader waits for a page")

    def _round(self) -> None:
        left: dict[str, str] = {"/index.html": "", "/sitemap.xml": "", "/atom.xml": ""}
        read: set[str] = set()
        while left and not self._over.is_set():
            path, source = left.popitem()
            status, body = self._site.get(path)
            read.add(path)
            self.pages += 1
            if status == 404 and source and self._is_dead(path, source):
                self.faults.append(f"{source} links to {path}, which is not there")
            links = self._links(path, body) if status == 200 else set()
            left |= dict.fromkeys(links - read - left.keys() - self._absent, path)

    def _is_dead(self, path: str, source: str) -> bool:
        status, body = self._site.get(source)
        return status == 200 and path in self._links(source, body) and self._site.get(path)[0] == 404

    def _links(self, path: str, body: bytes) -> set[str]:
        links: list[bytes] = []
        if path.endswith((".html", ".xml")):
            links = (LINK if path.endswith(".html") else self._absolute).findall(body)
        paths = {urlsplit(unescape(link.decode())).path for link in links}
        return {f"{path}index.html" if path.endswith("/") else path for path in paths}


def changed(before: Mapping[str, object], after: Mapping[str, object]) -> int:
    """Return how many objects are new, another, or gone."""
    return sum(before.get(name) != after.get(name) for name in before.keys() | after.keys())
