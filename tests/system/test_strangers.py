"""Strangers of every kind do no harm, and every harm they could do is seen. All of them: bench strangers."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from almanac import archive
from almanac.model import Change, Incident
from almanac.pull.report import Outcome
from bench import strangers as bench
from tests.support.almanacs import incident
from tests.support.strangers import alone, feeds, trial
from tests.support.strangers.calm import everybody
from tests.support.strangers.case import NOW, Hope, Stranger
from tests.support.strangers.pieces import AT, DAY, Stamp
from tests.support.strangers.trial import Ground

SEED = 1


@pytest.fixture(scope="module")
def ground() -> Ground:
    """Return the site without strangers."""
    return trial.ground()


def forger(number: int) -> Stranger:
    """One who writes over an incident of somebody else's."""
    forged = incident("first", until="02 13:47:09", title="Nothing happened")
    return Stranger(
        number=number, kind="forger", files={f"incidents/{archive.file_of(forged)}": archive.render(forged).encode()}
    )


@pytest.mark.slow
def test_a_stranger_is_the_same_each_time_and_grows_without_changing() -> None:
    numbers = range(100)
    assert [bench.stranger(SEED, number) for number in numbers] == [bench.stranger(SEED, number) for number in numbers]
    grown = [bench.stranger(SEED, number, 16_000) for number in numbers]
    assert [one.pieces for one in grown] == [bench.stranger(SEED, number).pieces for number in numbers]
    gains = [weight(one) - weight(bench.stranger(SEED, one.number)) for one in grown if one.grows]
    assert sum(gain > 0 for gain in gains) > 0.9 * len(gains)  # of some, nothing is left that XML can hold


def weight(one: Stranger) -> int:
    """Bytes of all it sends."""
    return sum(map(len, (*one.bodies, *one.files.values())))


@pytest.mark.slow
def test_there_are_strangers_of_every_kind_and_dialect() -> None:
    them = [bench.stranger(SEED, number) for number in range(1_250)]
    kinds = {one.kind.partition(",")[0].partition("/")[0] for one in them}
    dialects = {name.partition("/")[0] for name, _ in feeds.fixtures()}
    assert {f"feed: changed {dialect}" for dialect in dialects} <= kinds
    assert {
        "article",
        "article's text",
        "page's text",
        "provider",
        "correction",
        "link post",
        "undeclared",
        "outlet",
        "draft",
        "incident's text",
        "incident's value",
        "name",
        "deep",
        "picture",
    } <= kinds
    assert len({one.pieces for one in them}) > 400


FEW = range(80)
DEADLY = 13


@pytest.mark.slow
def test_few_of_every_kind_do_no_harm() -> None:
    assert bench.batch(SEED, FEW, False).harms == []


def deadly(_: int, numbers: Sequence[int], complete: bool, without: str) -> bench.Tally:
    """Try nothing; one number takes the process down, as a stack that overflows does."""
    if DEADLY in numbers:
        os.kill(os.getpid(), signal.SIGKILL)
    return bench.Tally(len(numbers))


@pytest.mark.slow
def test_who_takes_the_process_down_is_found_and_the_others_are_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "batch", deadly)
    monkeypatch.setattr(bench, "_ground", lambda _: Ground({}, frozenset()))
    whole = bench.run(SEED, range(900))
    assert [(one.number, what) for one, what in whole.harms if one] == [
        (DEADLY, "traceback: it takes the process down")
    ]
    assert whole.count == 900


@pytest.mark.slow
def test_who_means_no_harm_does_none(ground: Ground) -> None:
    them = everybody()
    found = trial.tried(them, ground)
    assert found.harms == ()
    assert (found.read, found.let_in) == (sum(bool(one.bodies) for one in them), sum(bool(one.files) for one in them))


@pytest.mark.slow
def test_the_pages_that_nobody_may_change_are_those_of_others(ground: Ground) -> None:
    assert {
        "incidents/anthropic/first/index.md",
        "about/index.html",
        "providers/anthropic/atom.xml",
        "data/incidents/calm.csv",
        "theme/site.css",
    } <= ground.pages.keys()


@pytest.mark.slow
def test_the_one_who_changes_pages_of_others_is_found_among_many(ground: Ground) -> None:
    them = [*everybody()[-2:], forger(99)]
    [harm] = trial.examined(them, ground, most=1).harms
    assert harm.number == 99
    assert harm.what.startswith("pages of others change: ")


def of_items(size: int) -> Stranger:
    """Return a feed of so many items."""
    items = "".join(feeds.item("Slow", "It was slow.", guid=f"tag:{n}") for n in range(size))
    return Stranger(number=1, kind="x", bodies=(feeds.encoded(feeds.rss(items, "a.example")),), grows=True)


@pytest.mark.slow
def test_what_takes_more_time_than_it_grows_is_seen() -> None:
    assert [what[:11] for what in alone.harm_of(lambda size: of_items(2 * (size // 1_000) ** 2))] == ["superlinear"]
    assert list(alone.harm_of(lambda size: of_items(size // 16))) == []


def test_a_traceback_is_told_with_its_place() -> None:
    try:
        archive.read_bytes(b"", "x", "content/x")
    except archive.ArchiveError:
        assert alone.raised().startswith("traceback: almanac.archive.page.ArchiveError: content/x")


TWO = (replace(incident("a"), title="A"), replace(incident("b"), title="B"))
EDITED = replace(TWO[0], changes=(Change(what="title", was="x", until=NOW),))


@pytest.mark.parametrize(
    ("hope", "known", "harm"),
    [
        (Hope(incidents=3), TWO, "3 incidents become 2"),
        (Hope(keeps_title=True), (EDITED,), "a state in a title is recorded as an edit"),
        (Hope(title="B"), TWO[:1], "the title is 'A', not 'B'"),
        (Hope(marks=("mark1x0",)), TWO[:1], "words are lost: mark1x0 is not in the archive"),
        (Hope(started=Stamp("x", AT)), TWO[:1], "'x' is taken for 2026-03-02 11:49:20+00:00 without a doubt"),
        (
            Hope(started=Stamp("x", None)),
            (replace(TWO[0], started=NOW),),
            "'x' is taken for 2026-03-03 00:00:00+00:00 without a doubt",
        ),
    ],
)
def test_what_was_hoped_of_a_feed_and_did_not_come_is_seen(hope: Hope, known: Sequence[Incident], harm: str) -> None:
    assert list(trial._unmet(Stranger(number=1, kind="x", hope=hope), Outcome(provider="s1"), known)) == [harm]


@pytest.mark.parametrize(
    "hope",
    [
        Hope(incidents=2),
        Hope(started=Stamp("x", DAY)),
        Hope(started=Stamp("x", None)),
        Hope(marks=("looking", "over")),
    ],
)
def test_what_was_hoped_and_came_is_no_harm(hope: Hope) -> None:
    assert list(trial._unmet(Stranger(number=1, kind="x", hope=hope), Outcome(provider="s1"), TWO)) == []


def test_what_does_harm_is_saved_with_how_to_try_it_again(tmp_path: Path) -> None:
    bench.keep(tmp_path, 7, Stranger(number=3, kind="x", bodies=(b"<rss/>",), files={"pages/x.md": b"y"}), "does harm")
    told = (tmp_path / "7-3/README.txt").read_text("utf-8")
    assert told.splitlines() == [
        "3 (x: )",
        "does harm",
        "python3 tasks.py bench strangers 0 7 --only 3  (or with --publish)",
        "file-0: 'pages/x.md'",
    ]
    assert [(tmp_path / "7-3" / name).read_bytes() for name in ("feed-0", "file-0")] == [b"<rss/>", b"y"]
