"""What a title names, and what it does not: a level of severity, components of the provider."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from almanac.feeds import title_facts
from almanac.model import Component, Provider

PARTS = (
    Component(slug="chat", name="Acme Chat", match=("chat.acme.example", "Chat")),
    Component(slug="api", name="Acme API", match=("API", "Realtime API")),
    Component(slug="code", name="Codex Web"),
    Component(slug="issues", name="Issues"),
    Component(slug="pulls", name="Pull requests"),
    Component(slug="files", name="Files"),
)
ACME = Provider(slug="acme", name="Acme", company="", home="", status_page="", components=PARTS)


@pytest.mark.parametrize(
    ("title", "level"),
    [
        ("Elevated errors on the API", ""),
        ("Critical bug in the API", ""),
        ("A major improvement", ""),
        ("No major outage", ""),
        ("Major and minor changes", ""),
        ("Partial outage of the API", "Partial outage"),
        ("Major Service Outage in Europe", "Major Outage"),
        ("Full system outage", "Full outage"),
        ("API degraded performance", "degraded performance"),
        ("Critical: logins fail", "Critical"),
        ("minor - slow pages", "minor"),
        ("[Sev 2] Slow answers", "Sev 2"),
        ("Slow answers (SEV-1)", "SEV-1"),
        ("【major】 回答が遅い", "major"),
        ("Major incident with logins", "Major"),
        ("Severity: critical, nobody logs in", "critical"),
        ("Partial outage turned into a major outage", ""),
        ("[Major] Major: slow", "Major"),
        ("", ""),
    ],
)
def test_a_level_is_one_that_the_title_names_and_no_adjective(title: str, level: str) -> None:
    assert title_facts.level(title) == level


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("Elevated errors on Acme API", ("Acme API",)),
        ("Errors on the API and CHAT.acme.example", ("Acme API", "Acme Chat")),
        ("Realtime API is slow", ("Acme API",)),
        ("codex web and api", ("Codex Web",)),
        ("CodexWeb, APIs, MyAPI, API.x", ()),
        ("Issues with Codex Web", ("Codex Web",)),
        ("Incident with Issues and Pull Requests", ("Issues", "Pull requests")),
        ("Performance Issues", ()),
        ("Some files are lost", ()),
        ("Files are lost", ("Files",)),
        ("API, API and API", ("Acme API",)),
        ("", ()),
    ],
)
def test_components_are_those_whose_names_stand_in_the_title_as_whole_words(title: str, names: tuple[str, ...]) -> None:
    assert title_facts.components(title, ACME) == names


def test_a_provider_without_components_has_none_in_its_titles() -> None:
    assert title_facts.components("API", Provider(slug="a", name="A", company="", home="", status_page="")) == ()


@given(names=st.lists(st.text(min_size=1, max_size=20), max_size=6), title=st.text(max_size=60))
def test_whatever_names_and_titles_hold_what_is_named_is_a_component(names: list[str], title: str) -> None:
    parts = tuple(Component(slug=f"c{n}", name=name) for n, name in enumerate(names))
    provider = Provider(slug="a", name="A", company="", home="", status_page="", components=parts)
    assert set(title_facts.components(f"{title} {' '.join(names)}", provider)) <= set(names)
    assert len(title_facts.level(title)) <= len(title)
