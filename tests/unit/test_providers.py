"""Provider files become frozen values, and every fault of every file is told at once, with its place and a cure."""

import json
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from almanac import feeds
from almanac.content import providers
from almanac.content.providers import ProviderError, load
from almanac.model import Barrier, Component, Feed, FormerFeed, Provider, Scope
from almanac.views.monograms import monograms

DIALECTS = list(feeds.NAMES)
WHOLE = """---
slug: acme
name: Acme
company: Acme Inc.
home: https://acme.example/
status_page: https://status.acme.example/
feeds:
  - url: https://status.acme.example/history.atom
    dialect: statuspage
    verified: true
  - url: https://status.acme.example/feed
components:
  - slug: chat
    name: Acme Chat
    product: Acme
    capability: chat
    match: [Chat, Acme (old)]
  - slug: api
    name: API
capabilities: [chat, api]
aliases: [ACME]
scope:
  components: [chat]
  words: [model]
written_by: machine
zone: Europe/Berlin
built_on: [bare]
core: [Acme]
---

Makes *everything*.
"""

BARE = """---
slug: bare
name: Bare
company: Bare Ltd
home: http://bare.example
status_page: https://bare.example/status
---
"""

ACME = Provider(
    slug="acme",
    name="Acme",
    company="Acme Inc.",
    home="https://acme.example/",
    status_page="https://status.acme.example/",
    feeds=(
        Feed(url="https://status.acme.example/history.atom", dialect="statuspage", verified=True),
        Feed(url="https://status.acme.example/feed"),
    ),
    components=(
        Component(slug="chat", name="Acme Chat", product="Acme", capability="chat", match=("Chat", "Acme (old)")),
        Component(slug="api", name="API", capability="other"),
    ),
    capabilities=("chat", "api"),
    aliases=("ACME",),
    scope=Scope(components=("chat",), words=("model",)),
    written_by="machine",
    zone="Europe/Berlin",
    built_on=("bare",),
    core=("Acme",),
    about="Makes *everything*.",
    file="providers/acme.md",
)
PLAIN = Provider(
    slug="bare",
    name="Bare",
    company="Bare Ltd",
    home="http://bare.example",
    status_page="https://bare.example/status",
    file="providers/bare.md",
)


def write(content: Path, **files: str) -> Path:
    (content / "providers").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (content / "providers" / f"{name}.md").write_text(text)
    return content


def complaints(content: Path, **files: str) -> list[str]:
    with pytest.raises(ProviderError) as caught:
        load(write(content, **files))
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(fault).replace(f"{content.name}/providers/", "") for fault in caught.value.problems]


def with_line(text: str, old: str, new: str) -> str:
    assert text.count(old) == 1
    return text.replace(old, new)


def test_files_become_providers_by_slug(tmp_path: Path) -> None:
    assert load(write(tmp_path, bare=BARE, acme=WHOLE)) == (ACME, PLAIN)


def test_no_folder_means_no_provider(tmp_path: Path) -> None:
    assert load(tmp_path) == ()


def test_other_files_beside_are_left_alone(tmp_path: Path) -> None:
    write(tmp_path, bare=BARE)
    (tmp_path / "providers" / "README.txt").write_text("hello")
    assert load(tmp_path) == (PLAIN,)


def test_every_fault_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    bad = """---
slug: bad
name: no
company: ""
home: ftp://bad.example
staus_page: https://bad.example/status
feeds:
  - url: https://bad.example/feed
    dialekt: statuspage
  - verified: "yes"
    dialect: statuspag
components:
  - slug: Chat App
    name: 7
  - slug: ok
    name: Fine
    match: alone
scope: everything
written_by: robots
zone: Europe/Berln
built_on: [nobody]
core: [Nothing]
---
"""
    assert complaints(tmp_path, bad=bad, worse="hello\n", bare=BARE) == [
        "bad.md:1:1: status_page: is missing; add a line `status_page: …`",
        "bad.md:3:1: name: is false; must be text in quotes",
        "bad.md:4:1: company: '' is empty or holds a line break or control character; write one line of text",
        "bad.md:5:1: home: 'ftp://bad.example' is not a valid URL; write it in full, e.g. https://status.example.com/",
        "bad.md:6:1: staus_page: is not a known key; did you mean status_page?",
        "bad.md:9:5: feeds.0.dialekt: is not a known key; did you mean dialect?",
        "bad.md:10:5: feeds.1.url: is missing; add a line `url: …`",
        "bad.md:10:5: feeds.1.verified: is 'yes'; must be true or false",
        "bad.md:11:5: feeds.1.dialect: 'statuspag' is not allowed; did you mean statuspage?",
        "bad.md:13:5: components.0.slug: 'Chat App' is not a valid slug; use 1 to 64 of a-z, 0-9 and -, as in chat-app",
        "bad.md:14:5: components.0.name: is 7; must be text in quotes",
        "bad.md:17:5: components.1.match: is 'alone'; must be a list, e.g. [a, b]",
        "bad.md:18:1: scope: is 'everything'; must be fields below it, indented by two spaces",
        "bad.md:19:1: written_by: 'robots' is not allowed; use hand or machine",
        ("bad.md:20:1: zone: 'Europe/Berln' is not a valid time zone; use an IANA name such as Europe/Berlin, or UTC"),
        "bad.md:21:12: built_on.0: 'nobody' is not a provider here; write the name of a file in content/providers without .md",
        "bad.md:22:8: core.0: 'Nothing' is not a product here; write the product of a component above",
        "worse.md:1:1: has no front matter; begin with a line ---, then fields, then a line ---",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://",
        "//a.example/",
        "a.example",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "https://user@a.example/",
        "https://a.example/ b",
        'https://a.example/"onclick',
        "https://a.example/<b>",
        "https://[::1",
        "https://a.ex\u202eample/",
        "https://a.example/\\\\x",
    ],
)
def test_only_whole_web_addresses_are_taken(tmp_path: Path, url: str) -> None:
    text = with_line(BARE, "http://bare.example", json.dumps(url))
    [message] = complaints(tmp_path, bare=text)
    assert "home: " in message
    assert message.endswith(" is not a valid URL; write it in full, e.g. https://status.example.com/")


@pytest.mark.parametrize("slug", ["", "Bare", "bare/../x", "b" * 65, "bäre", "bare "])
def test_a_slug_has_a_form(tmp_path: Path, slug: str) -> None:
    messages = complaints(tmp_path, bare=with_line(BARE, "slug: bare", f"slug: {json.dumps(slug)}"))
    shown = f"{slug[:57]}…" if len(slug) > 60 else slug
    example = ", as in bare" if slug in ("Bare", "bare ") else ""
    assert f"bare.md:2:1: slug: {shown!r} is not a valid slug; use 1 to 64 of a-z, 0-9 and -{example}" in messages


def test_a_slug_is_the_name_of_its_file(tmp_path: Path) -> None:
    assert complaints(tmp_path, barr=BARE) == [
        "barr.md:2:1: slug: 'bare' is not the file's name; write barr, or rename it bare.md"
    ]


def test_a_slug_belongs_to_one_file(tmp_path: Path) -> None:
    assert complaints(tmp_path, bare=BARE, copy=BARE) == [
        "bare.md:3:1: name: 'Bare' is a name of copy.md, or looks like one; call it something else",
        "copy.md:2:1: slug: 'bare' already stands in bare.md:2; keep it in one of the two",
        "copy.md:2:1: slug: 'bare' is not the file's name; write copy, or rename it bare.md",
        "copy.md:3:1: name: 'Bare' is a name of bare.md, or looks like one; call it something else",
    ]


def test_a_copied_file_that_kept_a_feed_is_noticed(tmp_path: Path) -> None:
    copy = WHOLE.replace("slug: acme", "slug: copy", 1).replace("name: Acme\n", "name: Copy\n").replace("[ACME]", "[]")
    assert complaints(tmp_path, acme=WHOLE, bare=BARE, copy=copy) == [
        (
            "copy.md:8:5: feeds.0.url: 'https://status.acme.example/history.atom' already stands in acme.md:8; "
            "keep it in one of the two"
        ),
        (
            "copy.md:11:5: feeds.1.url: 'https://status.acme.example/feed' already stands in acme.md:11; keep it "
            "in one of the two"
        ),
    ]


def test_a_name_in_feeds_means_one_component(tmp_path: Path) -> None:
    text = with_line(WHOLE, "  - slug: api\n    name: API\n", "  - slug: chat\n    name: API\n    match: [Chat, Api]\n")
    assert complaints(tmp_path, acme=text, bare=BARE) == [
        "acme.md:18:5: components.1.slug: 'chat' already stands in acme.md:13; keep it in one of the two",
        "acme.md:20:13: components.1.match.0: 'Chat' already stands in acme.md:17; keep it in one of the two",
    ]


def test_a_scope_speaks_of_components_of_its_file(tmp_path: Path) -> None:
    text = with_line(WHOLE, "  components: [chat]\n", "  components: [chat, Chat]\n")
    assert complaints(tmp_path, acme=text, bare=BARE) == [
        "acme.md:23:22: scope.components.1: 'Chat' is not a component here; write the slug of one above"
    ]


LATER = """evidence: "acme/docs, README.md"
former:
  - url: https://acme.example/old.rss
    until: 2025-12-31
    why: The page moved.
unreadable:
  since: 2026-03-01
  why: The page asks for a captcha.
  instead: Open it in a browser.
  evidence: "acme/docs, issue 3"
shares: [bare]
same_model: [bare]
---

Makes"""


def test_a_file_says_where_its_addresses_are_from_and_what_was_read_before(tmp_path: Path) -> None:
    text = with_line(WHOLE, "---\n\nMakes", LATER)
    text = with_line(text, "    verified: true\n", '    verified: true\n    evidence: "acme/docs, 2 March 2026"\n')
    first, second = ACME.feeds
    assert load(write(tmp_path, bare=BARE, acme=text))[0] == replace(
        ACME,
        evidence="acme/docs, README.md",
        feeds=(replace(first, evidence="acme/docs, 2 March 2026"), second),
        former=(FormerFeed(url="https://acme.example/old.rss", until=date(2025, 12, 31), why="The page moved."),),
        unreadable=Barrier(
            since=date(2026, 3, 1),
            why="The page asks for a captcha.",
            instead="Open it in a browser.",
            evidence="acme/docs, issue 3",
        ),
        shares=("bare",),
        same_model=("bare",),
    )


def test_a_maker_is_another_provider_here_and_what_is_shared_is_used(tmp_path: Path) -> None:
    text = with_line(WHOLE, "built_on: [bare]\n", "built_on: []\nshares: [bare, acme]\nsame_model: [nobody]\n")
    lines = text.splitlines()
    shares, sold = lines.index("shares: [bare, acme]") + 1, lines.index("same_model: [nobody]") + 1
    assert complaints(tmp_path, acme=text, bare=BARE) == [
        f"acme.md:{shares}:10: shares.0: 'bare' is not in `built_on`; add it there, or leave it out here",
        f"acme.md:{shares}:16: shares.1: 'acme' is this provider itself; write the slug of another, or leave it out",
        f"acme.md:{sold}:14: same_model.0: 'nobody' is not a provider here; write the name of a file in content/providers without .md",
    ]


CLOSED = """closed:
  since: 2026-06-17
  why: The page was switched off.
  instead: Ask the company.
"""


def test_a_page_that_is_closed_is_read_nowhere(tmp_path: Path) -> None:
    [provider] = load(write(tmp_path, bare=with_line(BARE, "name: Bare\n", f"name: Bare\n{CLOSED}")))
    assert provider.closed == Barrier(
        since=date(2026, 6, 17), why="The page was switched off.", instead="Ask the company."
    )
    text = with_line(WHOLE, "zone: Europe/Berlin\n", f"{CLOSED}{CLOSED.replace('closed', 'unreadable', 1)}")
    lines = text.splitlines()
    assert complaints(tmp_path, acme=text, bare=BARE) == [
        f"acme.md:{lines.index('feeds:') + 1}:1: feeds: is read, and `closed` says that it is gone; move it to `former`",
        f"acme.md:{lines.index('unreadable:') + 1}:1: unreadable: stands beside `closed`; keep one of the two",
    ]


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("  since: '2026-06-17'\n", "is '2026-06-17'; must be a date without quotes, e.g. 2026-03-02"),
        (
            "  since: 2026-06-17T10:00:00Z\n",
            "is 2026-06-17 10:00:00+00:00; must be a date without quotes, e.g. 2026-03-02",
        ),
        ("  since: 1026-06-17\n", "1026-06-17 is out of range; use a year from 1990 to 2100"),
    ],
)
def test_a_day_is_a_day(tmp_path: Path, line: str, complaint: str) -> None:
    text = with_line(BARE, "name: Bare\n", f"name: Bare\n{CLOSED.replace('  since: 2026-06-17' + chr(10), line)}")
    assert complaints(tmp_path, bare=text) == [f"bare.md:5:3: closed.since: {complaint}"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_hint_names_a_dialect_that_is_read(tmp_path: Path, dialect: str) -> None:
    listed = f"  - {{url: 'https://a.example/', dialect: {dialect}}}\n"
    [provider] = load(write(tmp_path, bare=with_line(BARE, "name: Bare\n", f"name: Bare\nfeeds:\n{listed}")))
    assert [feed.dialect for feed in provider.feeds] == [dialect]


def test_keys_that_are_no_text_are_unknown_keys(tmp_path: Path) -> None:
    text = with_line(BARE, "name: Bare\n", "name: Bare\n1: x\nfeeds:\n  - url: https://a.example\n    2: y\n")
    assert complaints(tmp_path, bare=text) == [
        (
            "bare.md:4:1: 1: is not a known key; known: slug, name, company, home, status_page, evidence, feeds, former, "
            "closed, unreadable, components, capabilities, aliases, monogram, scope, written_by, zone, built_on, "
            "shares, same_model, core"
        ),
        "bare.md:6:5: feeds.0.2: is not a known key; known: url, dialect, verified, beside, evidence",
    ]


def test_what_was_found_good_is_not_checked_again(tmp_path: Path) -> None:
    memo = tmp_path / "state" / "providers.json"
    content = write(tmp_path / "content", bare=BARE, acme=WHOLE)
    assert load(content, memo) == (ACME, PLAIN)
    kept = memo.read_text()
    code = (
        "import sys; from pathlib import Path; from almanac.content.providers import load; "
        f"found = load(Path({str(content)!r}), Path({str(memo)!r})); "
        "print(len(found), 'yaml' in sys.modules, 'pydantic' in sys.modules)"
    )
    plugins = Path(__file__).resolve().parents[2] / "plugins"
    out = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(plugins)}
    )
    assert (out.stdout, memo.read_text()) == ("2 False False\n", kept)
    assert load(content, memo) == (ACME, PLAIN)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    memo = tmp_path / "memo.json"
    load(write(tmp_path, bare=BARE), memo)
    [changed] = load(write(tmp_path, bare=BARE.replace("name: Bare", "name: Barer")), memo)
    assert changed.name == "Barer"
    with pytest.raises(ProviderError):
        load(write(tmp_path, bare="oops"), memo)
    assert load(write(tmp_path, bare=BARE), memo) == (PLAIN,)


@pytest.mark.parametrize("damage", ["", "{", "[]", "null", '{"key": "x"}'])
def test_a_damaged_memo_is_as_good_as_none(tmp_path: Path, damage: str) -> None:
    memo = tmp_path / "memo.json"
    memo.write_text(damage)
    assert load(write(tmp_path, bare=BARE), memo) == (PLAIN,)
    assert json.loads(memo.read_text())["providers"][0]["slug"] == "bare"


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("name: Acme", "Acme"),
        ("name: ACME", "ACME"),
        ("name: A c m e", "A c m e"),
        ("name: Асmе", "Асmе"),
        ("aliases: [Other, acme.]", "acme."),
        ("aliases: [Acme Inc.]", "Acme Inc."),
    ],
)
def test_a_name_of_another_provider_is_not_taken(tmp_path: Path, line: str, name: str) -> None:
    text = BARE.replace("name: Bare\n", f"{line}\n" if line.startswith("name") else f"name: Bare\n{line}\n")
    told = complaints(tmp_path, acme=WHOLE, bare=text)
    mine = [message for message in told if message.startswith("bare.md")]
    if "Асmе" in line:  # is refused for its letters, too
        assert "mixes letters of two alphabets" in mine.pop()
    assert [message.partition(": ")[2].partition(": ")[2] for message in mine] == [
        f"{name!r} is a name of acme.md, or looks like one; call it something else"
    ]


def test_the_slug_of_another_provider_is_a_name_of_it(tmp_path: Path) -> None:
    tools = BARE.replace("bare", "tools").replace("Bare", "Hammers")
    bare = with_line(BARE, "name: Bare\n", "name: Bare\naliases: [Tools]\n")
    assert complaints(tmp_path, bare=bare, tools=tools) == [
        "bare.md:4:11: aliases.0: 'Tools' is a name of tools.md, or looks like one; call it something else"
    ]


def test_two_services_of_one_firm_may_bear_its_name(tmp_path: Path) -> None:
    other = BARE.replace("Bare Ltd", "Acme Inc.").replace("name: Bare\n", "name: Bare\naliases: [Acme Inc.]\n")
    assert [provider.slug for provider in load(write(tmp_path, acme=WHOLE, bare=other))] == ["acme", "bare"]


@pytest.mark.parametrize("field", ["home: ", "status_page: ", "- url: "])
@pytest.mark.parametrize("host", ["stаtus.example", "acme.exаmple", "st%D0%B0tus.example", "１２７.example"])
def test_a_host_of_letters_that_look_alike_is_refused_in_every_address(tmp_path: Path, field: str, host: str) -> None:
    old = next(line for line in WHOLE.splitlines() if field in line)
    text = WHOLE.replace(old, f"{old.partition(field)[0]}{field}https://{host}/", 1)
    [message] = complaints(tmp_path, acme=text, bare=BARE)
    assert message.endswith(f"'https://{host}/' hides its real target; write the host in a to z, 0 to 9 and hyphens")


@pytest.mark.parametrize(
    "zone",
    [
        "localtime",
        "Factory",
        "posixrules",
        "CET",
        "EST5EDT",
        "GMT",
        "Etc/GMT+5",
        "US/Pacific",
        "../../etc/localtime",
        "posix/Europe/Berlin",
        "europe/berlin",
        "Zulu",
    ],
)
def test_a_zone_that_is_no_place_is_refused(tmp_path: Path, zone: str) -> None:
    [message] = complaints(tmp_path, acme=with_line(WHOLE, "Europe/Berlin", zone), bare=BARE)
    assert f"zone: {zone!r} is not a valid time zone; use an IANA name such as " in message


@pytest.mark.parametrize("zone", ["UTC", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Pacific/Auckland"])
def test_a_zone_of_a_place_is_taken(tmp_path: Path, zone: str) -> None:
    text = with_line(WHOLE, "Europe/Berlin", zone)
    assert load(write(tmp_path, acme=text, bare=BARE))[0] == replace(ACME, zone=zone)


def test_a_provider_has_not_more_feeds_than_anybody_could_follow(tmp_path: Path) -> None:
    feeds = "".join(f"  - url: https://status.acme.example/{number}\n" for number in range(19))
    text = WHOLE.replace("components:\n  - slug", f"{feeds}components:\n  - slug", 1)
    assert complaints(tmp_path, acme=text, bare=BARE) == ["acme.md:7:1: feeds: holds 21; write at most 20"]


def test_a_text_that_would_stop_the_renderer_is_refused(tmp_path: Path) -> None:
    text = WHOLE.replace("Makes *everything*.", "Makes.\n\n" + "[" * 5_000 + "\n\nDown \u202eyadnoM")
    assert complaints(tmp_path, acme=text, bare=BARE) == [
        "acme.md:33:1: is nested too deeply; write lists and quotes at most 12 levels deep",
        "acme.md:35:6: holds the invisible character U+202E; delete it",
    ]


def test_a_huge_file_is_not_taken_apart(tmp_path: Path) -> None:
    assert complaints(tmp_path, acme=WHOLE + "x" * 100_000, bare=BARE) == [
        f"acme.md:1:1: has {len(WHOLE) + 100_000:,} bytes; write at most 100,000"
    ]


def test_the_sound_ones_are_read_beside_those_with_faults(tmp_path: Path) -> None:
    copy = BARE.replace("slug: bare", "slug: other").replace("Bare", "Other")
    good, faults = providers.sound(write(tmp_path, acme=WHOLE, bare=BARE, copy=copy, worse="---\n"))
    assert good == (ACME, PLAIN)
    assert [f"{fault.file}:{fault.line}" for fault in faults] == [
        f"{tmp_path.name}/providers/copy.md:2",
        f"{tmp_path.name}/providers/worse.md:2",
    ]


RANKED = """---
slug: ranked
name: Ranked
company: Ranked Ltd
home: https://ranked.example/
status_page: https://status.ranked.example/
components:
  - slug: site
    name: Site
  - slug: code
    name: Code
    capability: code
  - slug: chat
    name: Chat
    capability: chat
  - slug: voice
    name: Voice
    capability: speech
    rank: {rank}
  - slug: api
    name: API
    capability: api
---
"""


def test_components_are_loaded_in_the_order_in_which_people_ask_for_them(tmp_path: Path) -> None:
    (tmp_path / "content/providers").mkdir(parents=True)
    (tmp_path / "content/providers/ranked.md").write_text(RANKED.format(rank=5))
    (tmp_path / "almanac.toml").write_text('[capabilities]\napi = "API"\nchat = "Chat"\ncode = "Code"\nspeech = ""\n')
    (ranked,) = load(tmp_path / "content")
    assert [(part.slug, part.rank) for part in ranked.components] == [
        ("voice", 5),
        ("api", 10),
        ("chat", 20),
        ("code", 30),
        ("site", 40),
    ]


@pytest.mark.parametrize(
    ("rank", "why"),
    [
        ("0", "0 is out of range; use a whole number from 1 to 99"),
        ("100", "100 is out of range; use a whole number from 1 to 99"),
        ("first", "is 'first'; must be a whole number, e.g. 1"),
    ],
)
def test_a_rank_that_is_none_is_refused_with_what_to_write(tmp_path: Path, rank: str, why: str) -> None:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers/ranked.md").write_text(RANKED.format(rank=rank))
    with pytest.raises(ProviderError) as refusal:
        load(tmp_path)
    assert [str(problem) for problem in refusal.value.problems] == [
        f"{tmp_path.name}/providers/ranked.md:19:5: components.3.rank: {why}"
    ]


@pytest.mark.parametrize(
    ("letters", "why"),
    [
        ("C", "'C' is not a monogram; write two letters, e.g. Cl"),
        ("Cla", "'Cla' is not a monogram; write two letters, e.g. Cl"),
        ("C!", "'C!' is not a monogram; write two letters, e.g. Cl"),
    ],
)
def test_a_monogram_has_two_letters(tmp_path: Path, letters: str, why: str) -> None:
    (tmp_path / "providers").mkdir()
    (tmp_path / "providers/bare.md").write_text(BARE.replace("---\n", f"---\nmonogram: {letters}\n", 1))
    with pytest.raises(ProviderError) as refusal:
        load(tmp_path)
    assert [str(problem) for problem in refusal.value.problems] == [
        f"{tmp_path.name}/providers/bare.md:2:1: monogram: {why}"
    ]


def test_two_providers_never_have_the_same_monogram(tmp_path: Path) -> None:
    (tmp_path / "providers").mkdir()
    for slug in ("bare", "bold"):
        text = BARE.replace("bare", slug).replace("Bare", slug.title()).replace("---\n", "---\nmonogram: Bx\n", 1)
        (tmp_path / f"providers/{slug}.md").write_text(text)
    with pytest.raises(ProviderError) as refusal:
        load(tmp_path)
    assert [str(problem) for problem in refusal.value.problems] == [
        (
            f"{tmp_path.name}/providers/bold.md:2:1: monogram: 'Bx' already stands in {tmp_path.name}/providers/bare.md:2;"
            " keep it in one of the two"
        )
    ]


def test_letters_that_no_file_gives_are_the_first_of_the_name_that_are_free() -> None:
    named = {"a": "Claude", "b": "Clara", "c": "Cl", "d": "4", "e": "…", "f": "Cleo", "g": "X-ray"}
    everybody = [
        Provider(slug=slug, name=name, company=name, home="", status_page="", monogram="Cr" if slug == "g" else "")
        for slug, name in named.items()
    ]
    letters = {"a": "Cl", "b": "Ca", "c": "C1", "d": "41", "e": "?1", "f": "Ce", "g": "Cr"}
    assert monograms(everybody) == letters
    assert monograms(reversed(everybody)) == letters
