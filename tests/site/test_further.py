"""Pages that lead further: components, comparisons, edits, replays, search, and what pages say to machines."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from almanac import views
from almanac.model import Change, Incident, Revision, Update, stamp
from almanac.snapshot import Snapshot
from almanac.text.english import GAP
from almanac.views.base import Head
from almanac.views.schema import picture
from tests.support.almanacs import CLAUDE, GROQ, NOW, PROJECT, almanac, at, carded, incident, pulls
from tests.unit.test_replay import IMPORT, SEEN
from tests.unit.test_views import ARTICLE, component_page

SITE = views.site(PROJECT, "https://almanac.example", "/theme/site.css")
API = CLAUDE.components[1]
PAST = [
    incident("both", "2026-02-10 10:00", "2026-02-10 12:00"),
    incident("api", "2026-02-11 10:00", "2026-02-11 11:00", components=("Claude API (api.anthropic.com)",)),
    incident("chat", "2026-02-12 10:00", "2026-02-12 11:00", components=("claude.ai",)),
    incident("groqs", "2026-02-10 11:00", "2026-02-10 13:00", provider="groq", components=()),
]


def plain(said: str) -> str:
    """Return what readers see of a text with spaces that do not break."""
    return said.replace(GAP, " ")


def replayed(found: Incident, sheet: int = 1) -> Any:
    card = carded(found)
    return views.replay(views.Surroundings(almanac([found])).of(card), found, card, sheet)


def compared(known: Snapshot) -> Any:
    (pair, *_), records = views.compared(known), views.closed(known)
    return views.compare(views.Sides(known), records, views.verdict_of(views.verdicts(known, records), *pair), *pair)


# Replay


def test_a_replay_takes_the_states_that_were_laid_out_for_it() -> None:
    card = carded(SEEN)
    around = views.Surroundings(almanac([SEEN])).of(card)
    laid_out = views.states(SEEN)
    assert views.replay(around, SEEN, card, first=laid_out) == views.replay(around, SEEN, card)
    assert views.replay(around, SEEN, card, first=laid_out[:1]).states == laid_out[:1]


def test_each_state_says_what_was_known_and_when() -> None:
    page = replayed(SEEN)
    assert [(state.anchor, state.phase, plain(state.stand)) for state in page.states][:3] == [
        ("at-2026-03-02T11:53:00Z", "Investigating", "Open for 4 min."),
        ("at-2026-03-02T12:23:00Z", "Identified", "Open for 34 min."),
        ("at-2026-03-02T12:43:00Z", "Identified", "Open for 54 min."),
    ]
    assert plain(page.states[-1].stand) == "Ended 15:47 UTC, after 3 h 58 min."


def test_a_state_shows_the_post_as_it_read_then_and_later_what_became_of_it() -> None:
    page = replayed(SEEN)
    assert [(said.phase, plain(said.when), said.html) for said in page.states[1].posts] == [
        ("Identified", "dated 12:21 UTC", "<p>All methods fail.</p>")
    ]
    changed = page.states[3]
    assert (changed.time.text, changed.posts) == ("13:00", ())
    assert [(piece.tag, piece.text) for piece in changed.edits[0].pieces] == [
        ("del", "All"),
        ("ins", "Some"),
        ("", " methods fail."),
    ]


def test_titles_stand_only_where_they_are_new() -> None:
    assert [state.title for state in replayed(SEEN).states] == ["Errors", "", "", "", "", "Errors on claude.ai", "", ""]


def test_an_import_is_labelled_as_the_provider_s_own_account() -> None:
    assert replayed(IMPORT).stand.startswith("From the provider’s timestamps")
    assert replayed(SEEN).stand.startswith("As we saw it")


def test_no_step_of_an_import_shows_what_it_only_holds_as_of_its_end() -> None:
    """Its severity and components are those of the end: on 2 March the page named the API only after two hours."""
    page = replayed(IMPORT)
    assert {(state.mark, state.title, state.parts) for state in page.states} == {(None, "", "")}
    assert plain(page.at_the_end) == (
        "Title, severity and components are the last values in the imported data set. We do not know when they were set, "
        "so the steps leave them out. At the end: title “Errors on claude.ai”; severity major; components claude.ai and Claude API."
    )
    seen = replayed(SEEN)
    assert (seen.at_the_end, {state.mark is None for state in seen.states}) == ("", {False})


def test_the_heading_of_a_replay_names_nothing_that_was_learnt_later() -> None:
    assert plain(replayed(SEEN).title) == "Claude incident of 2 March 2026, 11:49 UTC, as it unfolded"


def test_only_what_has_states_to_step_through_has_a_replay() -> None:
    two = replace(IMPORT, updates=IMPORT.updates[::3])
    assert views.replay_urls(carded(two)) == ()
    assert views.replay_urls(carded(IMPORT)) == ("/incidents/anthropic/0ghc53zpsfmt/at/",)
    assert views.is_replayed(carded(replace(SEEN, updates=SEEN.updates[:1], changes=SEEN.changes[:1], ended=None)))


def test_a_huge_replay_goes_on_on_further_sheets() -> None:
    posts = tuple(
        replace(SEEN.updates[0], at=at(f"02 {h:02}:{m:02}"), seen=at(f"02 {h:02}:{m:02}"))
        for h in range(10)
        for m in range(0, 60, 10)
    )
    huge = replace(SEEN, updates=posts, changes=(), ended=None, first_seen=posts[0].at, started=posts[0].at)
    assert [(s.url, s.is_current) for s in replayed(huge, 2).sheets] == [
        ("/incidents/anthropic/0ghc53zpsfmt/at/", False),
        ("/incidents/anthropic/0ghc53zpsfmt/at/2/", True),
    ]
    assert [len(replayed(huge, sheet).states) for sheet in (1, 2)] == [30, 30]


def test_a_huge_incident_goes_on_on_further_pages_and_loses_no_post() -> None:
    posts = tuple(replace(SEEN.updates[0], at=at(f"02 {n // 60:02}:{n % 60:02}"), text=f"Post {n}.") for n in range(90))
    huge = replace(SEEN, updates=posts, changes=(), ended=None, started=posts[0].at)
    card = carded(huge)
    near = views.Surroundings(almanac([huge])).of(card)
    pages = [views.incident(near, huge, card, sheet) for sheet in (1, 2, 3, 4, 5)]
    assert views.incident_urls(card) == tuple(page.head.path for page in pages)
    assert [post.html for page in pages for post in page.posts] == [f"<p>Post {n}.</p>" for n in range(89, -1, -1)]
    assert [page.timeline is None for page in pages] == [False, True, True, True, True]
    assert len({page.head.title for page in pages}) == 5


# Edits


def test_without_changes_the_page_of_edits_says_why() -> None:
    page = views.edits(almanac(PAST), lambda _: PAST[0])
    assert (page.stand.partition(".")[0], page.edited) == ("No edits yet", ())


def test_edits_stand_newest_first_with_what_was_taken_away() -> None:
    known = almanac([SEEN, *PAST])
    page = views.edits(known, lambda _: SEEN)
    assert [plain(edit.title) for edit in page.edited[0].edits] == [
        "Impact",
        "Title",
        "Update of 2 March 2026, 12:40 UTC, deleted",
        "Update of 2 March 2026, 12:21 UTC",
    ]
    assert [(cell.name, cell.text) for cell in page.months[0].cells if cell.url] == [("Mar", "1")]
    assert views.edits_of_month(known, lambda _: SEEN, 2026, 3).edited == page.edited


# Components


def test_a_component_has_only_the_incidents_that_name_it() -> None:
    known = almanac(PAST)
    page = component_page(known, CLAUDE, API)
    assert [row.url.split("/")[-2] for row in page.latest] == ["api", "both"]
    assert "2 incidents on record." in plain(page.stand)
    assert next(fact.value for fact in page.facts if fact.name == "Incidents, 90 days") == "2"


def test_of_a_component_s_page_only_the_present_moves_with_the_clock() -> None:
    early, late = (almanac(PAST, now=now, watched=WATCHED) for now in (NOW, at("02 20:00")))
    pages = [component_page(known, CLAUDE, API) for known in (early, late)]
    assert replace(pages[0], head=pages[1].head, now=pages[1].now) == pages[1]
    datelines = [page.now.dateline.as_of.text for page in pages]
    assert datelines == ["14:10", "20:00"]
    assert pages[0].now == replace(
        pages[1].now, dateline=pages[0].now.dateline, instead=pages[0].now.instead, edge=pages[0].now.edge
    )


WATCHED = [pulls("anthropic", until=at("02 20:00")), pulls("groq", until=at("02 20:00"))]


# Comparisons


def test_two_providers_are_measured_over_the_same_days() -> None:
    page = compared(almanac(PAST))
    assert page.head.path == "/compare/anthropic/groq/"
    said = {line.name: (plain(line.first), plain(line.second)) for line in page.measures}
    assert (said["Covered"], said["Incidents"]) == (("50%", "50%"), ("3", "1"))
    assert plain(dict(page.together)["Both down"]) == "1.0 h"
    assert [plain(side.ninety.heading) for side in page.sides] == ["90 days to 1 March 2026"] * 2


def test_unlike_coverage_is_said() -> None:
    short = [pulls("anthropic"), pulls("groq", since=at("2026-02-01 00:00"))]
    assert compared(almanac(PAST, watched=short)).stand.endswith("We have data for only 8% of that year for Groq.")


def test_two_that_are_watched_since_today_can_be_compared() -> None:
    today = [pulls(slug, since=at("02 13:00")) for slug in ("anthropic", "groq")]
    page = compared(almanac(PAST, watched=today))
    assert {line.name: (line.first, line.second) for line in page.measures}["Covered"] == ("0%",) * 2


def test_who_was_never_covered_is_not_compared() -> None:
    known = almanac(PAST, watched=[pulls("anthropic")])
    assert (views.compared(known), views.comparisons(known, views.closed(known)).choices) == ((), ())


def test_every_comparison_is_led_to_from_both_sides() -> None:
    known = almanac(PAST)
    records = views.closed(known)
    ways = {
        choice.text: [
            rival.link.url for rival in views.comparisons_of(known, records, views.verdicts(known, records), one).rivals
        ]
        for choice, one in zip(views.comparisons(known, records).choices, views.in_comparison(known), strict=True)
    }
    assert ways == {"Claude": ["/compare/anthropic/groq/"], "Groq": ["/compare/anthropic/groq/"]}


def test_a_pair_without_a_verdict_says_what_its_data_lacks() -> None:
    known = almanac(PAST)
    records = views.closed(known)
    page = views.comparisons(known, records)
    assert (page.matrix, [(line.provider.text, plain(line.lacks)) for line in page.missing]) == (
        None,
        [
            ("Claude", "3 incidents, 5 needed"),
            ("Groq", "Claude reported 3 incidents, 5 needed"),
        ],
    )
    (rival,) = views.comparisons_of(known, records, views.verdicts(known, records), CLAUDE).rivals
    assert (rival.better, plain(rival.tie), rival.lift, plain(rival.days), rival.css) == (
        "not enough data",
        "Claude reported 3 incidents in that time (5 needed)",
        "",
        "182 days",
        "un",
    )


# Search


def test_search_leads_to_every_month_provider_and_component() -> None:
    known = almanac(PAST)
    page = views.search(known, views.months(known))
    assert [cell.url for line in page.months for cell in line.cells if cell.url] == ["/incidents/2026/02/"]
    assert [line.name for line in page.providers] == [CLAUDE.name, GROQ.name]
    assert [link.url for _, parts in page.parts for link in parts] == [
        "/providers/anthropic/claude-ai/",
        "/providers/anthropic/api/",
    ]


# To machines


def told(page: object) -> Any:
    return json.loads(views.structured(SITE, page) or "{}")


def test_an_article_names_its_dates_sources_and_corrections() -> None:
    page = views.article(views.beside(almanac(), {}, ARTICLE.card), ARTICLE)
    found = told(page)
    assert (found["@type"], found["url"]) == ("NewsArticle", f"https://almanac.example{ARTICLE.card.url}")
    assert found["datePublished"] == page.published.iso
    assert found["correction"] == f"{found['url']}#corrections"  # their texts stand on the page, as its sources do
    assert found["publisher"]["correctionsPolicy"] == "https://almanac.example/corrections-policy/"


def test_an_open_incident_is_a_live_blog_and_a_closed_one_is_not() -> None:
    running = incident(until="")
    pages = [views.incident(views.Surroundings(almanac([i])).of(carded(i)), i, carded(i)) for i in (running, PAST[0])]
    live = told(pages[0])
    assert (live["@type"], live["coverageStartTime"]) == ("LiveBlogPosting", "2026-03-02T11:49:20Z")
    said = [post["articleBody"] for post in live["liveBlogUpdate"]]
    assert said == ["The cause is found.", "We are looking into errors."]
    assert told(pages[1])["@type"] == "Event"


def test_a_closed_incident_is_an_event_with_its_moments() -> None:
    over, endless = PAST[0], replace(PAST[0], ended=None, ended_basis="", imported="somebody", first_seen=None)
    endless = replace(endless, updates=over.updates[:1], phase=over.updates[0].phase)
    pages = [views.incident(views.Surroundings(almanac([i])).of(carded(i)), i, carded(i)) for i in (over, endless)]
    event = told(pages[0])
    assert event == {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": pages[0].title,
        "description": pages[0].head.description,
        "url": f"https://almanac.example/incidents/{over.provider}/{over.id}/",
        "startDate": stamp(over.started),
        "endDate": stamp(over.ended or over.started),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OnlineEventAttendanceMode",
        "location": {"@type": "VirtualLocation", "url": over.source},
        "organizer": {"@type": "Organization", "name": "Anthropic"},
        "image": f"https://almanac.example{picture(SITE, pages[0].head)}",
    }
    assert {*event} - {*told(pages[1])} == {"endDate"}


def test_nothing_that_is_told_to_machines_can_end_the_script() -> None:
    hostile = incident(until="", title="</script><script>alert(1)</script>")
    page = views.incident(views.Surroundings(almanac([hostile])).of(carded(hostile)), hostile, carded(hostile))
    assert "<" not in views.structured(SITE, page)
    assert told(page)["headline"] == hostile.title


def test_every_section_has_a_picture() -> None:
    assert picture(SITE, Head(title="", path="/", section="articles")) == "/theme/og-articles.png"
    assert picture(SITE, Head(title="", path="/", section="methodology")) == "/theme/og-now.png"


def test_a_change_of_a_post_s_time_or_word_is_an_edit_too() -> None:
    moved = Update(
        at=at("02 12:30"),
        phase=SEEN.updates[1].phase,
        text="a",
        seen=at("02 12:23"),
        was=(Revision(text="b", until=at("02 13:00")),),
    )
    reopened = Change(what="ended", was="2026-03-02T12:30:00Z", until=at("02 14:00"))
    page = replayed(replace(SEEN, updates=(SEEN.updates[0], moved), ended=None, changes=(reopened,)))
    said = [plain(edit.title) for state in page.states for edit in state.edits]
    assert said == ["Update of 2 March 2026, 12:30 UTC", "Ended"]
