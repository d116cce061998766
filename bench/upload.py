"""Publishes to a local S3 server: a whole site, one change, and uploads that are killed after a random number of objects.

    python3 tasks.py bench upload [--kills 20] [--n 200] [--seed 1]

A reader follows every link meanwhile: a link to a page that is not there is a fault, and so is whatever differs in the end
from what was built.
"""

from __future__ import annotations

import argparse
import random
import runpy
import tempfile
import time
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from almanac.build.settings import build_settings
from bench import corpus
from bench.verdict import verdict
from tests.support.builds import build
from tests.support.projects import project, put, tree
from tests.support.stores import Reader, Store, changed, killed_when, store

MOST = 40  # objects that one change may send


def main(argv: list[str]) -> int:
    """Print what was sent and lost; 1 if a limit is missed."""
    options = argparse.ArgumentParser(prog="bench upload", description=__doc__.split("\n")[0])
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--n", type=int, default=200, help="incidents")
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="almanac-upload-") as folder, store() as server:
        bench = Bench(Path(folder), server, random.Random(chosen.seed))
        bench.fill(chosen.n)
        return verdict(bench.first() + bench.one_change() + bench.kills(chosen.kills))


class Bench:
    """A project, and the server that it is published to."""

    def __init__(self, folder: Path, server: Store, chance: random.Random) -> None:
        self._root, self._server, self._chance = project(folder / "project"), server, chance
        names: dict[str, Any] = runpy.run_path(str(self._root / "pelicanconf.py"))
        paths = {name: str(self._root / names[name]) for name in ("PATH", "THEME", "OUTPUT_PATH")}
        self._settings = build_settings({**names, **paths, "ALMANAC_NOW": "2026-07-02T00:00:00Z"}, 0)
        self._number = 0

    def fill(self, count: int) -> None:
        """Add incidents, and build."""
        for _ in range(count):
            self._number += 1
            put(self._root, replace(corpus.incident(self._chance, self._number), provider="groq"))
        build(self._settings)

    def first(self) -> list[str]:
        """Upload all."""
        began = time.monotonic()
        print(self._server.upload(self._settings.output).strip())
        return self._differs("first upload", began)

    def one_change(self) -> list[str]:
        """Change an incident, and upload."""
        before, began = self._server.objects(), time.monotonic()
        path = self._chance.choice(sorted((self._settings.content / "incidents/groq").glob("*/*.md")))
        path.write_text(path.read_text(encoding="utf-8") + "\nOne more line.\n", encoding="utf-8")
        build(self._settings)
        print(self._server.upload(self._settings.output).strip())
        objects = changed(before, self._server.objects())
        print(f"one change: {objects} objects, notes of ours among them; at most {MOST}")
        return self._differs("one change", began) + ([f"{objects} objects sent"] if objects > MOST else [])

    def kills(self, rounds: int) -> list[str]:
        """Kill uploads after a random number of objects, each of another site, with a reader all the while."""
        most, amid = self._objects(), 0
        reader = Reader(self._server, self._settings.site_url, tree(self._settings.output))
        reader.start()
        for _ in range(rounds):
            self._stir()
            before, steps = self._server.objects(), self._chance.randint(0, most)
            is_time = partial(self._has_sent, before, steps)
            was_killed = killed_when(self._server.begin(self._settings.output), is_time)
            amid += was_killed and steps > 0
        began = time.monotonic()
        print(self._server.upload(self._settings.output).strip())
        reader.stop()
        print(
            f"{amid} of {rounds} killed amid sending; a reader looked at {reader.pages} pages: {len(reader.faults)} faults"
        )
        return self._differs("after kills", began) + reader.faults

    def _has_sent(self, before: Mapping[str, object], steps: int) -> bool:
        return changed(before, self._server.objects()) >= steps

    def _objects(self) -> int:
        """Return how many objects an upload of many changes sends and deletes."""
        self._stir()
        before = self._server.objects()
        self._server.upload(self._settings.output)
        return changed(before, self._server.objects())

    def _stir(self) -> None:
        """Delete some incidents, add others, and build."""
        for path in self._chance.sample(sorted((self._settings.content / "incidents/groq").glob("*/*.md")), 10):
            path.unlink()
        self.fill(10)

    def _differs(self, what: str, began: float) -> list[str]:
        print(f"{what}: {time.monotonic() - began:.1f} s")
        return [] if self._server.pages() == dict(tree(self._settings.output)) else [f"{what}: not what was built"]


if __name__ == "__main__":
    import sys

    sys.exit(main(sys.argv[1:]))
