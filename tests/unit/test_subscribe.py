"""The page of ways to follow: the line to paste for each program, and the messages that will arrive."""

from almanac import views
from almanac.model import Phase, Update
from almanac.views.base import Link
from almanac.views.subscribe import Program
from tests.support.almanacs import CLAUDE, GROQ, almanac, at, incident
from tests.unit.test_views import plain

UPDATES = tuple(
    Update(at=at(f"01 {hour}"), phase=phase)
    for hour, phase in (("10:00", Phase.INVESTIGATING), ("10:20", Phase.IDENTIFIED), ("11:00", Phase.RESOLVED))
)
KNOWN = almanac([incident("a", "01 10:00", "01 11:00", updates=UPDATES)], providers=(CLAUDE, GROQ))


def program(name: str) -> Program:
    return next(one for one in views.subscribe(KNOWN).programs if one.id == name)


def test_messages_are_those_that_the_feeds_sent_of_the_newest_incident_that_is_over() -> None:
    slack, reader, calendar = program("slack"), program("reader"), program("calendar")
    assert [plain(line) for line in slack.arrives] == [
        "Claude: major outage, claude.ai + API (investigating since 10:00 UTC)",
        "Resolved after 1 h: Claude: major outage, claude.ai + API",
    ]
    assert reader.arrives == slack.arrives[1:]
    assert [plain(line) for line in calendar.arrives] == ["10:00 to 11:00 UTC: Claude: major outage, claude.ai + API"]


def test_every_program_has_a_whole_line_to_paste_and_bots_get_every_update() -> None:
    lines = {one.id: one.line for one in views.subscribe(KNOWN).programs}
    site, own = "https://almanac.example", "https://almanac.example/providers/anthropic/"
    assert lines == {
        "reader": f"{site}/atom.xml",
        "slack": f"/feed subscribe {site}/updates.rss",
        "discord": f"{site}/updates.rss",
        "teams": f"{site}/updates.rss",
        "calendar": "webcal://almanac.example/calendar.ics",
        "mail": f"{site}/major-updates.rss",
        "code": f"curl -s {own}api/v2/status.json",
        "badge": f"[![Claude status]({own}badge.svg)]({own})",
    }


def test_one_provider_has_a_feed_of_every_update_too() -> None:
    (claude, _) = views.subscribe(KNOWN).own
    assert claude.provider == Link("/providers/anthropic/", "Claude")
    assert claude.links == (
        Link("/providers/anthropic/atom.xml", "Atom"),
        Link("/providers/anthropic/feed.xml", "RSS"),
        Link("/providers/anthropic/updates.xml", "Every update"),
        Link("/providers/anthropic/calendar.ics", "Calendar"),
        Link("/providers/anthropic/api/v2/summary.json", "JSON"),
        Link("/providers/anthropic/badge.svg", "Badge"),
    )


def test_an_empty_almanac_has_the_page_without_examples() -> None:
    page = views.subscribe(almanac(providers=()))
    assert [one.arrives for one in page.programs] == [()] * len(page.programs)
