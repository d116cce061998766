"""Provider files become frozen values, and every fault of every file is told at once, with its place and a cure."""

import json
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from almanac import feeds, forms
from almanac.model import Component, Feed, Provider, Scope
from almanac.providers import ProviderError, load

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
    slug="acme", name="Acme", company="Acme Inc.", home="https://acme.example/",
    status_page="https://status.acme.example/",
    feeds=(Feed(url="https://status.acme.example/history.atom", dialect="statuspage", verified=True),
           Feed(url="https://status.acme.example/feed")),
    components=(
        Component(slug="chat", name="Acme Chat", product="Acme", capability="chat", match=("Chat", "Acme (old)")),
        Component(slug="api", name="API", capability="other"),
    ),
    capabilities=("chat", "api"), aliases=("ACME",), scope=Scope(components=("chat",), words=("model",)),
    written_by="machine", zone="Europe/Berlin", built_on=("bare",), about="Makes *everything*.",
    file="providers/acme.md",
)
PLAIN = Provider(slug="bare", name="Bare", company="Bare Ltd", home="http://bare.example",
                 status_page="https://bare.example/status", file="providers/bare.md")


def write(content: Path, **files: str) -> Path:
    (content / "providers").mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (content / "providers" / f"{name}.md").write_text(text)
    return content


def complaints(content: Path, **files: str) -> list[str]:
    with pytest.raises(ProviderError) as caught:
        load(write(content, **files))
    assert str(caught.value) == "\n".join(map(str, caught.value.faults))
    return [str(fault).replace(f"{content.name}/providers/", "") for fault in caught.value.faults]


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
    capability: chatt
  - slug: ok
    name: Fine
    match: alone
scope: everything
written_by: robots
zone: Europe/Berln
built_on: [nobody]
---
"""
    assert complaints(tmp_path, bad=bad, worse="hello\n", bare=BARE) == [
        "bad.md:1:1: status_page: is missing; add a line `status_page: …`",
        "bad.md:3:1: name: false is of the wrong type; write text in quotes",
        "bad.md:4:1: company: '' is empty or holds a line break or control character; write one line of text",
        "bad.md:5:1: home: 'ftp://bad.example' is no web address; write it in full, as in https://status.example.com/",
        "bad.md:6:1: staus_page: is not a known key; did you mean status_page?",
        "bad.md:9:5: feeds.0.dialekt: is not a known key; did you mean dialect?",
        "bad.md:10:5: feeds.1.url: is missing; add a line `url: …`",
        "bad.md:10:5: feeds.1.verified: 'yes' is of the wrong type; write true or false",
        "bad.md:11:5: feeds.1.dialect: 'statuspag' is not one of the words known here; write statuspage, incidentio, "
        "xai, google, aws, azure, instatus, betterstack, flashduty, lambstatus or plain",
        "bad.md:13:5: components.0.slug: 'Chat App' is no slug; use 1 to 64 of a-z, 0-9 and -",
        "bad.md:14:5: components.0.name: 7 is of the wrong type; write text in quotes",
        "bad.md:15:5: components.0.capability: 'chatt' is not one of the words known here; write chat, api, code, "
        "search, speech, images, compute or other",
        "bad.md:18:5: components.1.match: 'alone' is of the wrong type; write a list, as in [a, b]",
        "bad.md:19:1: scope: 'everything' is of the wrong type; write fields below it, indented by two blanks",
        "bad.md:20:1: written_by: 'robots' is not one of the words known here; write hand or machine",
        "bad.md:21:1: zone: 'Europe/Berln' is no time zone; write an IANA name such as Europe/Berlin",
        "bad.md:22:12: built_on.0: 'nobody' is no provider here; write the slug of one that is",
        "worse.md:1:1: has no front matter; begin with a line ---, then fields, then a line ---",
    ]


@pytest.mark.parametrize("url", [
    "https://", "//a.example/", "a.example", "javascript:alert(1)", "file:///etc/passwd", "https://user@a.example/",
    "https://a.example/ b", 'https://a.example/"onclick', "https://a.example/<b>", "https://[::1", "https://a.ex\u202eample/",
    "https://a.example/\\\\x",
])
def test_only_whole_web_addresses_are_taken(tmp_path: Path, url: str) -> None:
    text = with_line(BARE, "http://bare.example", json.dumps(url))
    [message] = complaints(tmp_path, bare=text)
    assert "home: " in message
    assert message.endswith(" is no web address; write it in full, as in https://status.example.com/")


@pytest.mark.parametrize("slug", ["", "Bare", "bare/../x", "b" * 65, "bäre", "bare "])
def test_a_slug_has_a_form(tmp_path: Path, slug: str) -> None:
    messages = complaints(tmp_path, bare=with_line(BARE, "slug: bare", f"slug: {json.dumps(slug)}"))
    shown = f"{slug[:57]}…" if len(slug) > 60 else slug
    assert f"bare.md:2:1: slug: {shown!r} is no slug; use 1 to 64 of a-z, 0-9 and -" in messages


def test_a_slug_is_the_name_of_its_file(tmp_path: Path) -> None:
    assert complaints(tmp_path, barr=BARE) == [
        "barr.md:2:1: slug: 'bare' is not the file's name; write barr, or rename it bare.md"]


def test_a_slug_belongs_to_one_file(tmp_path: Path) -> None:
    assert complaints(tmp_path, bare=BARE, copy=BARE) == [
        "copy.md:2:1: slug: 'bare' already stands in bare.md:2; keep it in one of the two",
        "copy.md:2:1: slug: 'bare' is not the file's name; write copy, or rename it bare.md",
    ]


def test_a_copied_file_that_kept_a_feed_is_noticed(tmp_path: Path) -> None:
    copy = WHOLE.replace("slug: acme", "slug: copy", 1)
    assert complaints(tmp_path, acme=WHOLE, bare=BARE, copy=copy) == [
        "copy.md:8:5: feeds.0.url: 'https://status.acme.example/history.atom' already stands in acme.md:8; "
        "keep it in one of the two",
        "copy.md:11:5: feeds.1.url: 'https://status.acme.example/feed' already stands in acme.md:11; keep it "
        "in one of the two",
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
        "acme.md:23:22: scope.components.1: 'Chat' is no component here; write the slug of one above"]


def test_a_hint_names_a_dialect_that_is_read(tmp_path: Path) -> None:
    assert set(get_args(forms.Dialect)) - {""} == {dialect.name for dialect in feeds.DIALECTS}
    names = [dialect.name for dialect in feeds.DIALECTS]
    listed = "".join(f"  - {{url: 'https://a.example/{name}', dialect: {name}}}\n" for name in names)
    [provider] = load(write(tmp_path, bare=with_line(BARE, "name: Bare\n", f"name: Bare\nfeeds:\n{listed}")))
    assert [feed.dialect for feed in provider.feeds] == names


def test_keys_that_are_no_text_are_unknown_keys(tmp_path: Path) -> None:
    text = with_line(BARE, "name: Bare\n", "name: Bare\n1: x\nfeeds:\n  - url: https://a.example\n    2: y\n")
    assert complaints(tmp_path, bare=text) == [
        "bare.md:4:1: 1: is not a known key; known: slug, name, company, home, status_page, feeds, components, "
        "capabilities, aliases, scope, written_by, zone, built_on",
        "bare.md:6:5: feeds.0.2: is not a known key; known: url, dialect, verified",
    ]


def test_what_was_found_good_is_not_checked_again(tmp_path: Path) -> None:
    memo = tmp_path / "state" / "providers.json"
    content = write(tmp_path / "content", bare=BARE, acme=WHOLE)
    assert load(content, memo) == (ACME, PLAIN)
    kept = memo.read_text()
    code = ("import sys; from pathlib import Path; from almanac.providers import load; "
            f"found = load(Path({str(content)!r}), Path({str(memo)!r})); "
            "print(len(found), 'yaml' in sys.modules, 'pydantic' in sys.modules)")
    plugins = Path(__file__).resolve().parents[1] / "plugins"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                         env={"PYTHONPATH": str(plugins)})
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
