"""An almanac of somebody's own: docs/your-own.md makes one of twelve vendors, docs/upgrade.md brings a newer program."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from almanac import archive
from almanac.commands import build as build_command
from almanac.commands import init
from almanac.content import project_file, providers
from almanac.model import Component, Feed, Provider
from almanac.world import Clock, WorldServer, by_chance
from tests.support import serving
from tests.support.content import provider as provider_file
from tests.support.projects import ROOT, tree
from tests.support.refusals import refusal

GUIDE = (ROOT / "docs/your-own.md").read_text(encoding="utf-8")
OURS = re.compile(r"\b(?:AI|Claude|Anthropic|Outage Almanac)\b")
NOW = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
MAKES = {"statuspage": "history.atom", "incidentio": "feed.atom", "betterstack": "feed.rss", "instatus": "history.atom"}


def vendors() -> Iterator[Provider]:
    """Yield twelve vendors of payments, whose status pages are of four makes."""
    names = ["Acme", "Bolt", "Cash", "Dime", "Euro", "Fund", "Gold", "Hoard", "Ingot", "Jar", "Karat", "Ledger"]
    for number, name in enumerate(names):
        make = list(MAKES)[number % len(MAKES)]
        page = f"https://status.{name.lower()}.example/"
        yield Provider(
            slug=name.lower(),
            name=name,
            company=f"{name} Payments",
            home=f"https://{name.lower()}.example/",
            status_page=page,
            feeds=(Feed(url=f"{page}{MAKES[make]}", dialect=make),),
            components=(Component(slug="cards", name="Cards"), Component(slug="payouts", name="Payouts")),
        )


def front(one: Provider) -> serving.Behaviour:
    """Return the status page itself, which names its feed."""
    head = (
        f'<title>{one.name} Status</title><link rel="alternate" type="application/atom+xml" href="{one.feeds[0].url}">'
    )
    return serving.page(
        f"<!doctype html><html><head>{head}</head><body></body></html>".encode(), content_type="text/html"
    )


def commands(text: str) -> list[list[str]]:
    """Return what a guide tells its readers to type, in its order, without the remarks."""
    lines = re.findall(r"(?m)^ {4,}((?:python3 tasks\.py|cd|git) .*)$", text)
    return [shlex.split(line, comments=True) for line in lines]


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode and "doctor" not in words:  # whose verdict is of this machine
        pytest.fail(f"{words}\n{done.stdout}{done.stderr}")
    return done.stdout


def word_of_ours(folder: Path) -> list[str]:
    """Return every line of a built site that speaks of another almanac, but for what names the program."""
    texts = (
        (path, data.decode("utf-8", "replace")) for path, data in tree(folder).items() if not path.endswith(".png")
    )
    return [f"{path}: {line}" for path, text in texts for line in text.splitlines() if OURS.search(line)]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an almanac that was just started."""
    folder = tmp_path_factory.mktemp("own") / "pay"
    init.start(ROOT, folder, "Payment Almanac", "payments", "https://pay.example")
    return folder


@pytest.mark.system
def test_the_guide_makes_a_site_of_twelve_vendors(tmp_path: Path) -> None:
    watched = list(vendors())
    world = by_chance(watched, 7, NOW - timedelta(days=30), NOW, faults=0)
    (tmp_path / "vendors.txt").write_text("".join(f"{one.status_page}  # {one.name}\n" for one in watched))
    own = tmp_path / "payment-almanac"
    names = {"../payment-almanac": str(own), "vendors.txt": str(tmp_path / "vendors.txt")}

    def here(word: str) -> str:
        return names.get(word, word)

    with WorldServer(world, Clock(NOW)) as server:
        server.hosts |= {f"status.{one.slug}.example": front(one) for one in watched}
        for _, script, verb, *words in (command for command in commands(GUIDE) if command[0] == "python3"):
            via = ["--via", server.url] if verb in ("init", "pull") else []
            if verb != "new":  # an example of what comes later
                run(ROOT if verb == "init" else own, sys.executable, script, verb, *map(here, words), *via)
            if verb == "init":
                (own / ".venv").symlink_to(ROOT / ".venv")
    found = providers.load(own / "content")
    assert [one.slug for one in found] == [one.slug for one in watched]
    assert all(archive.load(own / "content", one.slug) for one in found)
    site = own / ".output-preview"
    assert word_of_ours(site) == []
    assert all(f"/providers/{one.slug}/" in (site / "index.html").read_text() for one in watched)
    assert "Status of payments providers" in (site / "index.html").read_text()


@pytest.mark.system
@pytest.mark.parametrize("settings", ["pelicanconf.py", "publishconf.py"])
def test_an_empty_site_is_whole(empty: Path, settings: str, capsys: pytest.CaptureFixture[str]) -> None:
    build_command.run(empty / settings, now="2026-03-02T14:10:00Z", output=f"out-{settings}", pull=False)
    assert "problem" not in capsys.readouterr().out
    assert word_of_ours(empty / f"out-{settings}") == []


@pytest.mark.system
def test_a_site_of_one_provider_is_whole(empty: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (empty / "content/providers").mkdir(exist_ok=True)
    file = empty / "content/providers/acme.md"
    file.write_text(provider_file("acme", "Acme"))
    build_command.run(empty / "publishconf.py", now="2026-03-02T14:10:00Z", output="out-one", pull=False)
    file.unlink()
    assert "problem" not in capsys.readouterr().out
    assert "Is Acme down?" in (empty / "out-one/providers/acme/index.html").read_text()
    assert word_of_ours(empty / "out-one") == []


@pytest.mark.system
def test_an_upgrade_is_a_merge_that_leaves_alone_what_is_theirs(empty: Path, tmp_path: Path) -> None:
    newer = tmp_path / "newer"
    run(tmp_path, "git", "clone", "-q", str(ROOT), str(newer))
    for path in ("tasks.py", "content/pages/methodology.md", "almanac.toml", "README.md"):
        (newer / path).write_text((ROOT / path).read_text() + "\n# A newer version.\n")
    (newer / "plugins/almanac/fresh.py").write_text('"""New."""\n')
    (newer / "docs/style.md").unlink()
    run(newer, "git", "add", "-A")
    git = ("git", "-c", "user.name=Ada", "-c", "user.email=ada@pay.example")
    theirs = {"almanac.toml", "README.md", "content/providers/acme.md", "content/pages/about.md"}
    (empty / "content/providers").mkdir(exist_ok=True)
    (empty / "content/providers/acme.md").write_text(provider_file("acme", "Acme"))
    (empty / "content/pages/about.md").write_text((empty / "content/pages/about.md").read_text() + "\nWe are Ada.\n")
    run(empty, "git", "add", "-A", "content")
    run(empty, *git, "commit", "-q", "-m", "Ours")
    before = {path: (empty / path).read_bytes() for path in theirs}
    assert init.upgrade(newer, empty) == 0
    assert {path: (empty / path).read_bytes() for path in theirs} == before  # nothing that is checked out moves
    run(empty, *git, "merge", "-q", "-m", "Upgrade", init.BRANCH)
    assert {path: (empty / path).read_bytes() for path in theirs} == before
    assert [
        (empty / path).read_text().endswith("A newer version.\n")
        for path in ("tasks.py", "content/pages/methodology.md")
    ] == [True, True]
    assert ((empty / "plugins/almanac/fresh.py").exists(), (empty / "docs/style.md").exists()) == (True, False)
    assert init.upgrade(newer, empty) == 0
    assert run(empty, "git", "log", "--format=%s", "main..program") == ""


def test_a_name_that_is_none_and_a_folder_that_is_full_are_refused(tmp_path: Path) -> None:
    said = [refusal(init.main, ROOT, tmp_path / "a", "<b>", "payments")]
    (tmp_path / "a.txt").write_text("mine")
    said += [refusal(init.main, ROOT, tmp_path, "Pay", "payments"), refusal(init.upgrade, ROOT, tmp_path)]
    assert said[0].startswith("almanac.toml:3:1: name: is '<b>'; write a name")
    assert said[1] == f"{tmp_path} is not empty; name a new folder, or upgrade it: python3 tasks.py upgrade {tmp_path}"
    assert said[2] == f"{tmp_path} was not made by init: it has no {project_file.FILE}, or no branch program"


def test_pages_say_it_in_the_words_of_the_project() -> None:
    ours, theirs = project_file.load(ROOT), project_file.read(b'name = "Pay"\nsubject = "payments"\n')
    for path in sorted((ROOT / "content/pages").glob("*.md")):
        text = init.worded(f"content/pages/{path.name}", path.read_text(), theirs, ours)
        assert OURS.findall(text) == []
