"""Feeds made to burst a reader cost their own provider a refusal at most."""

import os
import subprocess
import sys
import tempfile
import tracemalloc
from pathlib import Path

import pytest

from almanac import archive, pull
from almanac.model import Reading
from bench import bombs, paths
from tests.support.growth import LINEAR, growth
from tests.support.serving import Serving, page, watch

ROOT = Path(__file__).resolve().parents[2]

QUICK = [
    "entities: billion laughs",
    "entities: external file",
    "nesting: objects in JSON",
    "markup: a comment without end",
    "counts: five thousand and one",
    "lengths: nothing but <",
    "packed: gzip of many members",
]


@pytest.mark.system
def test_bombs_go_off_without_harm() -> None:
    """In a process of their own: the memory of the one that runs the tests would count as theirs."""
    environment = os.environ | {"PYTHONPATH": str(ROOT / "plugins")}
    bench = [sys.executable, "-m", "bench.bombs", "--patient", *QUICK]
    done = subprocess.run(bench, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.stdout.splitlines()[-1:], done.stdout.count("\n  "), done.returncode) == (["PASS"], len(QUICK) - 1, 0)


@pytest.mark.slow
def test_there_are_more_than_sixty_and_no_two_are_alike() -> None:
    kinds = (bombs.ENTITIES, bombs.NESTING, bombs.MARKUP, bombs.COUNTS, bombs.LENGTHS, bombs.PATTERNS, bombs.MARKDOWN)
    bodies = [body for kind in (*kinds, bombs.packed()) for body in kind.values()]
    assert len(set(bodies)) == len(bodies) == len(bombs.bombs()) > 60


LONG = {
    "words": "not be down " * 90_000 + "x",
    "link": "https://x.example/" + "a:/" * 300_000,
    "quoted": '"\\' * 300_000,
}


@pytest.mark.parametrize("value", LONG.values(), ids=LONG)
def test_a_long_value_takes_a_few_times_its_length_to_write_and_to_read(value: str) -> None:
    long = paths.incident(value)
    tracemalloc.start()
    written = archive.render(long)
    read = archive.parse(written)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (read == long, peak < 50 * len(value)) == (True, True)


@pytest.mark.slow
def test_thousands_of_new_incidents_are_told_in_the_time_it_takes_to_list_them(tmp_path: Path) -> None:
    """To compare each with each took six seconds of CPU for five thousand."""

    def pulled(size: int) -> None:
        content = Path(tempfile.mkdtemp(dir=tmp_path))
        watch(content, "acme")
        told = Reading(
            provider="acme",
            dialect="plain",
            seen=bombs.NOW,
            entries=size,
            incidents=tuple(paths.incident(f"i{number}") for number in range(size)),
        )
        with Serving({"acme.example": page(bombs.rss(""))}) as server:
            report = pull.pull(content, now=bombs.NOW, via=server.url, read=lambda *_, **__: told)
        assert len(report.outcomes[0].new) == size

    assert growth(pulled, 3_000) < LINEAR
