"""The report of a month or a year is drafted from the archive with figures that stay right, and passes once it is filled in."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from almanac import archive
from almanac.commands import new_report
from almanac.commands.check import problems
from almanac.content import frontmatter
from almanac.model import Impact, Pulls, Span
from tests.support.projects import OWN
from tests.support.refusals import refusal
from tests.unit.test_claims import at, incident

NOW = datetime(2026, 4, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """Two providers with a covered March, one without."""
    folder = tmp_path / "content"
    (folder / "providers").mkdir(parents=True)
    (tmp_path / "almanac.toml").write_text(OWN)
    for slug in ("acme", "other", "silent"):
        (folder / "providers" / f"{slug}.md").write_text(
            f"---\nslug: {slug}\nname: {slug.title()}\ncompany: {slug.title()} Inc.\nhome: https://{slug}.example/\n"
            f"status_page: https://status.{slug}.example/\n---\n"
        )
    for slug in ("acme", "other"):
        archive.save_pulls(folder, Pulls(provider=slug, coverage=(Span(since=at(1), until=at(1, month=4)),)))
    found = [incident("acme", f"a{n}", at(2) + timedelta(days=n), 10 * n) for n in range(8)]
    archive.save(folder, [*found, incident("acme", "april", at(1, month=4), 5)], {})
    for folder_of_pages in ("articles", "pages"):
        (folder / folder_of_pages).mkdir()
    (folder / "pages" / "methodology.md").write_text("---\ntitle: Methodology\n---\n")
    return folder


def draft(content: Path) -> frontmatter.Matter:
    assert new_report.main(content, "2026-03", NOW) == 0
    path = content / "articles" / "2026" / "2026-04-02-march-2026.md"
    return frontmatter.read(path.read_bytes(), path.name)


def test_each_covered_provider_has_a_line_and_the_others_are_named(content: Path) -> None:
    found = draft(content)
    assert "| [Acme](/providers/acme/) | {{acme}} | {{acme-count}} | {{acme-median}} |" in found.body
    assert "| [Other](/providers/other/) | {{other}} | {{other-count}} | – |" in found.body
    assert "we have too little data for the month: Silent." in found.body
    assert found.values["providers"] == ["acme", "other"]
    assert found.values["figures"]["acme-count"] == {
        "count": "incidents",
        "provider": "acme",
        "from": at(1).date(),
        "to": at(1, month=4).date(),
    }
    assert (found.values["title"], found.values["date"]) == ("AI services in March 2026: reported incidents", NOW)


def test_the_five_longest_that_ended_are_listed(content: Path) -> None:
    found = draft(content)
    assert found.values["incidents"] == [f"acme/a{n}" for n in (7, 6, 5, 4, 3)]
    assert found.values["figures"]["long-1"] == {"lasted": "acme/a7"}
    assert "| [Acme, a7](/incidents/acme/a7/) | {{long-1-start}} | {{long-1}} |" in found.body


def test_the_author_is_whom_git_knows(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"COUNT": "1", "KEY_0": "user.name", "VALUE_0": "Ada Example"}.items():
        monkeypatch.setenv(f"GIT_CONFIG_{name}", value)
    assert draft(content).values["authors"] == ["Ada Example"]


def test_only_what_a_person_must_write_is_missing(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    monkeypatch.setenv("GIT_CONFIG_SYSTEM", "/dev/null")
    draft(content)
    file = "articles/2026/2026-04-02-march-2026.md"
    assert [str(p).removeprefix(f"content/{file}:") for p in problems(content, NOW, False)] == [
        "4:1: authors: is an empty list; name at least one",
        "14:1: summary: '' is empty or holds a line break or control character; write one line of text",
    ]
    text = (content / file).read_text()
    (content / file).write_text(text.replace("authors: []", "authors: [Ada]").replace("summary: ''", "summary: March."))
    assert problems(content, NOW, False) == []


def test_it_overwrites_nothing_and_knows_months_and_years_only(content: Path) -> None:
    draft(content)
    taken = "content/articles/2026/2026-04-02-march-2026.md already exists; edit it, or choose another name"
    for day in (NOW, NOW + timedelta(days=1)):  # one address has one article, whatever its day
        assert refusal(new_report.main, content, "2026-03", day) == taken
    odd = "'2026-13' is neither a month nor a year; write e.g. 2026-06 or 2025"
    assert refusal(new_report.main, content, "2026-13", NOW) == odd


@pytest.fixture
def years(content: Path) -> Path:
    """The first provider is covered since 2024 and had two incidents then, the second since 2025."""
    for slug, year in (("acme", 2024), ("other", 2025)):
        since, until = datetime(year, 1, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
        archive.save_pulls(content, Pulls(provider=slug, coverage=(Span(since=since, until=until),)))
    past = [datetime(year, 5, 1 + n, tzinfo=UTC) for year in (2024, 2025) for n in range(2 if year == 2024 else 6)]
    found = [incident("acme", f"y{start:%Y%m%d}", start, 30, impact=Impact.MAJOR) for start in past]
    archive.save(content, found, {})
    return content


def test_the_report_of_a_year_says_who_how_often_how_long_how_severe_and_what_changed(years: Path) -> None:
    assert new_report.main(years, "2025", NOW) == 0
    path = years / "articles/2026/2026-04-02-year-2025.md"
    found = frontmatter.read(path.read_bytes(), path.name)
    rows = [line for line in found.body.splitlines() if line.startswith("| [")]
    assert rows[:6] == [
        "| [Acme](/providers/acme/) | {{acme}} | {{acme-count}} | {{acme-median}} | {{acme-longest}} |",
        "| [Other](/providers/other/) | {{other}} | {{other-count}} | – | – |",
        "| [Acme](/providers/acme/) | {{acme-grave}} | {{acme-count}} | {{acme-weighed}} |",
        "| [Other](/providers/other/) | {{other-grave}} | {{other-count}} | {{other-weighed}} |",
        "| [Acme](/providers/acme/) | {{acme-count-before}} | {{acme-count}} | {{acme-before}} | {{acme}} |",
        "| [Acme, y20250501](/incidents/acme/y20250501/) | {{long-1-start}} | {{long-1}} |",
    ]
    assert "we have too little data for the year: Silent." in found.body
    assert "Not compared, because we have too little data for 2024: Other." in found.body
    assert "(/reports/2025/chart.svg)" in found.body
    assert found.values["figures"]["acme-count-before"] == {
        "count": "incidents",
        "provider": "acme",
        "from": date(2024, 1, 1),
        "to": date(2025, 1, 1),
    }
    assert found.values["title"] == "AI services in 2025: reported incidents"
    text = path.read_text().replace("authors: []", "authors: [Ada]").replace("summary: ''", "summary: The year.")
    path.write_text(text)
    assert problems(years, NOW, False) == []
