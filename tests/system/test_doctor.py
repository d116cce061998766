"""`python3 tasks.py doctor` names what is wrong with an installation, each with its cure."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from almanac import archive
from almanac.build import unchanged
from almanac.commands import doctor
from almanac.commands.doctor import Finding
from almanac.model import FeedState, Pulls
from tests.support.projects import project

FEED = "https://status.anthropic.example/history.atom"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return project(tmp_path / "almanac")


def marks(examine: Callable[[Path], Iterator[Finding]], home: Path) -> list[str]:
    return [f"{mark} {text}" for mark, text in doctor._examine(examine, home)]


def pulled(home: Path, ago: timedelta, **state: object) -> datetime:
    """Leave behind a pull that was so long ago."""
    at = (datetime.now(UTC) - ago).replace(microsecond=0)
    feed = replace(FeedState(url=FEED), fetched=at, **state)  # type: ignore[arg-type]
    archive.save_pulls(home / "content", Pulls(provider="anthropic", feeds=(feed,)))
    return at


def test_this_very_environment_is_as_locked(home: Path) -> None:
    (said,) = marks(doctor.packages, home)
    assert said.startswith("ok Python 3.")


def test_a_package_that_is_missing_or_another_is_named(home: Path) -> None:
    lock = "pelican==0.1 \\\nno-such-thing==1.0 \\\nonly-elsewhere==1.0 ; sys_platform == 'other' \\\n"
    (home / "requirements.lock").write_text(lock)
    (said,) = marks(doctor.packages, home)
    assert said.startswith("WRONG .venv: pelican 4.")
    assert said.endswith(", not 0.1; no-such-thing missing, not 1.0. Delete .venv; the next task creates it again")


def test_a_folder_without_git_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (said,) = marks(doctor.repository, home)
    assert said.startswith("WRONG almanac/ is not a git repository")
    monkeypatch.setenv("PATH", "")
    assert marks(doctor.repository, home) == ["WRONG git is not installed; the archive is kept in it: install git"]


def test_a_placeholder_for_the_address_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert marks(doctor.address, home) == [
        (
            "note the address of the site is https://outage-almanac.example, a placeholder: set `address` in almanac.toml, "
            "or SITEURL in the environment"
        )
    ]
    monkeypatch.setenv("SITEURL", "https://almanac.test")
    assert marks(doctor.address, home) == ["ok the site is published at https://almanac.test"]


def test_settings_that_readers_look_for_are_named_until_they_are_set(home: Path) -> None:
    (said,) = marks(doctor.settings, home)
    assert said.startswith("note almanac.toml leaves publisher, contact, repository unset: publisher is who is ")
    more = 'publisher = "Ada"\ncontact = "ada@pay.example"\nrepository = "https://git.example/pay"\n'
    text = (home / "almanac.toml").read_text()
    (home / "almanac.toml").write_text(more + text)
    assert marks(doctor.settings, home) == ["ok almanac.toml says who runs Outage Almanac"]
    (home / "almanac.toml").write_text(more + text.replace("https://outage-almanac.example", "https://status.test"))
    (said,) = marks(doctor.settings, home)
    assert said.startswith("note almanac.toml leaves feed_ids unset: feed_ids is the beginning of ids in feeds")
    (home / "almanac.toml").write_text("name = 3\n")
    (said,) = marks(doctor.settings, home)
    assert said.startswith("WRONG almanac.toml:1:1: name: is ")


def test_a_broken_file_of_the_record_is_named_with_its_line(home: Path) -> None:
    assert marks(doctor.record, home) == ["ok 2 providers and 5 incidents can be read"]
    (home / "content/pulls/groq.json.tmp").write_text("half")
    assert marks(doctor.record, home)[1:] == [
        "note a killed run left 1\u00a0file, content/pulls/groq.json.tmp first; the next pull removes them"
    ]
    victim = min((home / "content/incidents").glob("*/*/*.md"))
    victim.write_bytes(b"\xff")
    (said,) = marks(doctor.record, home)
    assert said.startswith(f"WRONG content/incidents/{victim.relative_to(home / 'content/incidents')}:1: is not UTF-8")


def test_when_the_last_pull_was_and_what_fails_for_a_day_is_told(home: Path) -> None:
    for path in (home / "content/pulls").glob("*.json"):
        path.unlink()
    assert marks(doctor.pulls, home) == ["note no feed has been pulled yet: run python3 tasks.py pull"]
    at = pulled(home, timedelta(minutes=5))
    assert marks(doctor.pulls, home) == [f"ok the last pull was at {at:%Y-%m-%d %H:%M} UTC"]
    since = datetime.now(UTC) - timedelta(days=2)
    at = pulled(home, timedelta(hours=3), error="timeout: no answer", error_since=since)
    assert marks(doctor.pulls, home) == [
        f"note the last pull was at {at:%Y-%m-%d %H:%M} UTC: is the schedule running?",
        f"note {FEED} has failed since {since:%Y-%m-%d %H:%M} UTC: timeout: no answer",
    ]
    at = pulled(home, timedelta(days=-1))
    assert marks(doctor.pulls, home) == [
        (
            f"WRONG the last pull was at {at:%Y-%m-%d %H:%M} UTC, in the future: fix the clock; "
            "if it was wrong then, restore content/pulls and content/incidents from before that pull"
        )
    ]


def test_what_is_the_matter_with_a_source_is_told_with_what_to_do(home: Path) -> None:
    place = home / "content/providers/anthropic.md"
    place.write_text(place.read_text().replace("name: Claude", f"name: Claude\nfeeds: [{{url: '{FEED}'}}]", 1))
    since = (datetime.now(UTC) - timedelta(days=2)).replace(microsecond=0)
    error = "status: answers 404 Not Found; look for the feed's new address"
    at = pulled(home, timedelta(minutes=5), error=error, error_since=since)
    assert marks(doctor.pulls, home) == [f"ok the last pull was at {at:%Y-%m-%d %H:%M} UTC"]
    assert marks(doctor.sources, home) == [
        (
            f"note dead since {since:%Y-%m-%d}: {FEED}: status: answers 404 Not Found; look for the new address and "
            "put it into content/providers/anthropic.md; if there is none, say `closed` there"
        ),
        "note no feed: Groq: nothing is read; add a feed to content/providers/groq.md, or say why there is none",
    ]


def test_too_little_room_and_shut_folders_are_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert marks(doctor.disk, home)[0].startswith("ok ")
    monkeypatch.setattr(doctor, "ROOM", 10**18)
    monkeypatch.setattr("os.access", lambda path, _: Path(path).name != "incidents")
    assert [line.split(" MB")[-1] for line in marks(doctor.disk, home)] == [
        " free, a build needs 1000000000000: make room",
        "WRONG content/incidents cannot be written by this user: change the permissions or the user",
    ]


def test_an_output_that_lacks_files_is_named(home: Path) -> None:
    output = home / unchanged.PREVIEW
    assert marks(doctor.outputs, home) == []
    output.mkdir()
    (output / "index.html").write_text("home")
    state = unchanged.state_folder(output)
    state.mkdir()
    (state / unchanged.CENSUS).write_bytes(unchanged.census([unchanged.part({"index.html": (1, 1)})], 0, ""))
    assert marks(doctor.outputs, home) == [f"ok {unchanged.PREVIEW}/ holds all 1 files of its last build"]
    (output / "index.html").unlink()
    assert marks(doctor.outputs, home) == [
        f"note {unchanged.PREVIEW}/ lacks 1 of 1 files, index.html first: run python3 tasks.py build"
    ]


def test_it_ends_with_1_if_anything_is_wrong(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert doctor.main(home) == 1  # it is not a git repository
    assert re.fullmatch(r"doctor: 1 problem, [456] notes", capsys.readouterr().out.splitlines()[-1])  # one more offline
