"""What to use instead: nobody is sent from one outage into another, and an unknown state is never called up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from almanac.snapshot import Snapshot
from almanac.text import english
from almanac.views import current
from almanac.views.alternatives import Alternatives, Option, alternatives
from almanac.views.backups import Advice, Instead
from almanac.views.base import Link
from almanac.views.charts import Estimate
from almanac.views.current import DeclaredState
from tests.support.almanacs import CLAUDE, GROQ, NOW, PROJECT, almanac, at, incident, pulls

OTHERS = {slug: replace(GROQ, slug=slug, name=slug.title()) for slug in ("baseten", "cohere", "mistral", "character")}


def instead(slug: str, *shared: str, chance: float = 0.01, high: float = 0.04) -> Instead:
    return Instead(
        provider=Link(f"/providers/{slug}/", slug.title()),
        reason="why",
        does=english.listing(shared),
        share=english.percent(chance),
        most=f"at most {english.percent(high)}, over 200 days",
        shared=shared,
        chance=chance,
        low=0.0,
        high=high,
    )


ADVICE = Advice(
    provider=Link("/providers/anthropic/", "Claude"),
    best=(instead("groq", "api", "chat"), instead("baseten", "api", high=0.08), instead("character", "chat")),
    falling=(instead("cohere", "api"),),
    unknown="Mistral",
    lacking="",
)


def world() -> Snapshot:
    """Groq has an incident open, Baseten none; of Character nothing is known since January, of Cohere nothing at all."""
    return almanac(
        [incident("g", "02 13:00", "", provider="groq", components=())],
        providers=(CLAUDE, GROQ, *OTHERS.values()),
        watched=[pulls("groq"), pulls("baseten"), pulls("character", until=at("2026-01-20 00:00"))],
    )


def state_of(known: Snapshot) -> Callable[[str], DeclaredState]:
    return lambda slug: current.state(known, next(p for p in known.providers if p.slug == slug))


def chosen(capability: str = "", advice: Advice = ADVICE) -> Alternatives:
    return alternatives(advice, state_of(world()), NOW, PROJECT, capability)


def told(options: tuple[Option, ...]) -> list[tuple[str, str, str]]:
    return [(option.provider.text, option.mark.word, option.state.replace(english.GAP, " ")) for option in options]


def test_those_that_report_nothing_stand_first_and_each_stands_once_under_what_is_asked_for_first() -> None:
    assert [(group.name, told(group.options)) for group in chosen().groups] == [
        ("For the API", [("Baseten", "none reported", ""), ("Groq", "major", "")]),
        ("For chat", [("Character", "unknown", "our data ends 20 Jan 2026")]),
    ]
    assert chosen().at == f"14:10{english.GAP}UTC"


def test_what_is_no_alternative_has_its_state_too() -> None:
    assert told(chosen().falling) == [("Cohere", "unknown", "no data yet")]


def test_who_sells_the_same_model_has_its_state_where_it_is_sold_by_api() -> None:
    advice = ADVICE._replace(elsewhere=(Link("/providers/groq/", "Groq"), Link("/providers/cohere/", "Cohere")))
    sold = [("Groq", "major", ""), ("Cohere", "unknown", "no data yet")]
    assert [told(chosen(capability, advice).elsewhere) for capability in ("", "api", "chat")] == [sold, sold, []]


def test_shares_stand_on_one_axis_that_holds_every_interval() -> None:
    found = chosen()
    assert [mark.text for mark in found.axis] == ["0%", "4.0%", "8%"]
    (baseten, _), (character,) = (group.options for group in found.groups)
    assert baseten.estimate == Estimate("12.5%", "0%", "100%", "1.0%")
    assert character.estimate == Estimate("12.5%", "0%", "50%", "1.0%")


def test_for_a_capability_only_those_that_have_it_stand_in() -> None:
    (group,) = chosen("chat").groups
    assert (group.name, [option.provider.text for option in group.options]) == ("For chat", ["Character", "Groq"])
    nobody = chosen("speech")
    assert (nobody.groups, nobody.lacking) == ((), "No other provider with enough data offers the same.")


def test_where_nobody_can_stand_in_the_reason_is_kept() -> None:
    lacking = chosen(advice=ADVICE._replace(best=(), lacking="Not enough data."))
    assert (lacking.groups, lacking.lacking) == ((), "Not enough data.")
