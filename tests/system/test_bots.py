"""Whoever has bots tell them of incidents is told of every opening, update and end, each once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from almanac.world import by_chance
from almanac.world.sight import Observer
from bench import bots
from bench.quarters import BEGIN, watched_providers
from tests.support.almanacs import CLAUDE

WATCHED = {provider.slug: provider for provider in watched_providers()}
FORMS_OF_FEEDS = (
    "anthropic",
    "azure",
    "openai",
    "xai",
)  # whole threads, openings only, newest posts, entries of its own


@pytest.mark.slow
@pytest.mark.record
def test_a_channel_holds_every_opening_update_and_end_once() -> None:
    result = bots.run(tuple(WATCHED[slug] for slug in FORMS_OF_FEEDS), 1, 6)
    assert result.faults == []
    assert all(result.counts[slug] > 4 for slug in FORMS_OF_FEEDS)
    assert result.counts["all"] == sum(result.counts[slug] for slug in FORMS_OF_FEEDS)


RSS = """<rss version="2.0"><channel><title>A</title><link>https://a.example/</link><description>A</description>{}</channel></rss>"""
ITEM = "<item><title>{0}</title><link>https://a.example/{0}</link><guid isPermaLink='false'>incident/anthropic/{0}</guid></item>"


def feed(*names: str) -> bytes:
    return RSS.format("".join(map(ITEM.format, names))).encode()


def test_a_bot_posts_what_it_has_not_met_the_oldest_first_and_nothing_of_before() -> None:
    bot = bots.Bot(bots.KINDS["guid"])
    heard = [bot.poll(feed(*names)) for names in (["a/1"], ["a/3", "a/2", "a/1"], ["a/3", "a/1"])]
    assert heard == [[], ["incident/anthropic/a/2", "incident/anthropic/a/3"], []]


def test_a_message_that_is_missing_or_comes_twice_is_a_fault() -> None:
    world = by_chance([CLAUDE], 1, BEGIN, BEGIN + timedelta(days=6), faults=0)
    witness = bots.Witness(Observer(world.pages["anthropic"]))
    life = world.pages["anthropic"].lives[0]
    witness.look(world.pages["anthropic"].urls[:1], life.states[0].since)
    (name,) = next(iter(witness.observer.memories.values())).names
    one = bots.Bot(bots.KINDS["guid"], met=set(), channel=[f"incident/anthropic/{name}/1"])
    channels = {
        "right": one,
        "missing": replace(one, channel=[]),
        "two": replace(one, channel=[*one.channel, f"incident/anthropic/{name}/2"]),
        "twice": replace(one, channel=one.channel * 2),
    }
    faults = {
        sort: list(bots.faults({"anthropic": witness}, {("anthropic", "updates.rss"): bot}))
        for sort, bot in channels.items()
    }
    what = f"anthropic/updates.rss: {{}} messages on anthropic {life.last.id}, of which 1 were shown"
    assert faults == {
        "right": [],
        "missing": [what.format(0)],
        "two": [what.format(2)],
        "twice": ["anthropic/updates.rss: an item was posted twice", what.format(2)],
    }
