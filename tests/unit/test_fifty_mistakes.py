"""Fifty mistakes in the files of one proposal: each is named with file, line and cure, all in one round."""

from datetime import UTC, datetime
from pathlib import Path

from almanac.commands.check import problems
from tests.unit.test_check import content, put

__all__ = ["content"]
NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
ARTICLE = "articles/2026/2026-03-03-fifty.md"
WRONG = {
    ARTICLE: """---
title: Fifty: a story
date: 2026-03-03
authors: Ada
---
""",
    "articles/2026/2026-03-03-first.md": """---
titel: Slow answers
date: 2026-03-03
authors: Ada Example
providers: [antropic]
incidents: [0ghc53zpsfmt, anthropic/0ghc53zpsfm]
summary: ""
kind: News
status: publish
tags: [outage]
sources:
  - url: status.claude.com
    title: The page
    publisher: Anthropic
    kind: web
    primary: maybe
claims:
  - said: It is usually over in an hour
    by: A paper
    where: 7
    grade: rumour
    verdict: true
  - said: It was the weather
    by: A paper
    grade: press
    verdict: undecidable
figures:
  median: {lenght: median, provider: anthropic, from: 2026-03-01, to: 2026-03-04}
confirmed: It was slow
---

# A heading too large

Anthropic recieved many reports. See [the page](/methodolgy/), [how](../methodology.md), [the incident](/incidents/anthropic/0ghc/),
[nobody's](/incidents/nobody/0ghc53zpsfmt/) and [counts](/methodology/#count).

<b>Bold</b> and ![](/images/2026/none.png) and {{mediann}} and [x](javascript:alert(1)).
""",
    "articles/2026/second.md": "---\ntitle: Two\n---\n\nWords.\n",
    "articles/2026/2026-03-03-third.md": "No front matter.\n",
    "pages/about.md": "---\ntitle: About\nsumary: Us.\n---\n\nWords.\n",
    "pages/leaderboard.md": "---\ntitle: Mine\n---\n\nWords.\n",
    "providers/router.md": """---
slug: routers
name: Router
company: Router Inc.
home: router.example
status_page: https://status.router.example/
feeds:
  - url: http://localhost/feed.atom
    dialect: statuspge
    verified: yes please
components:
  - slug: numbers
    name: Numbers
    capability: LLM
    match: Numbers
  - slug: 2026
    name: This year
  - slug: Gate Way
    name: Gateway
capabilities: [chat, chatt]
monogram: Rou
zone: America/Losangeles
built_on: [antropic]
---
""",
    "corrections/anthropic/0ghc53zpsfmt.yml": """end: 2026-03-06T12:00:00Z
kind: outtage
reason: It ended later.
source: a tweet
author: Ada Example
date: 2026-03-04T09:00:00Z
""",
    "links/2026/2026-03-03-story.md": """---
title: Claude is down
url: https://paper.example/story
publisher: The Paper
date: yesterday
grade: press
providers: []
curator: Ada Example
---
""",
    "undeclared/anthropic/2026-03-04-slow.md": """---
title: Answers took minutes
start: 2026-03-04T09:00:00Z
end: 2026-03-04T08:00:00Z
summary: Users waited.
evidence:
  - url: https://paper.example/slow
    title: Slow
    publisher: The Paper
    date: 2026-03-04T09:50:00Z
    grade: official
contributor: Ada Example
date: 2026-03-04T12:00:00Z
---
""",
    "press/paper.md": "---\nslug: paper\nname: The Paper\nhome: https://paper.example/\nkind: blog\n---\n",
    "notes.txt": "Do not forget the milk.\n",
}


PLACES = """
articles/2026/2026-03-03-fifty.md 2
articles/2026/2026-03-03-first.md 1 title
articles/2026/2026-03-03-first.md 2 titel
articles/2026/2026-03-03-first.md 3 date
articles/2026/2026-03-03-first.md 4 authors
articles/2026/2026-03-03-first.md 5 providers.0
articles/2026/2026-03-03-first.md 6 incidents.0
articles/2026/2026-03-03-first.md 7 summary
articles/2026/2026-03-03-first.md 8 kind
articles/2026/2026-03-03-first.md 9 status
articles/2026/2026-03-03-first.md 10 tags
articles/2026/2026-03-03-first.md 12 sources.0.url
articles/2026/2026-03-03-first.md 15 sources.0.kind
articles/2026/2026-03-03-first.md 16 sources.0.primary
articles/2026/2026-03-03-first.md 21 claims.0.grade
articles/2026/2026-03-03-first.md 22 claims.0.verdict
articles/2026/2026-03-03-first.md 28 figures.median
articles/2026/2026-03-03-first.md 29 confirmed
articles/2026/2026-03-03-first.md 32
articles/2026/2026-03-03-first.md 34
articles/2026/2026-03-03-first.md 34
articles/2026/2026-03-03-first.md 34
articles/2026/2026-03-03-first.md 34
articles/2026/2026-03-03-first.md 35
articles/2026/2026-03-03-first.md 35
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-first.md 37
articles/2026/2026-03-03-third.md 1
articles/2026/second.md 1
corrections/anthropic/0ghc53zpsfmt.yml 1 end
corrections/anthropic/0ghc53zpsfmt.yml 2 kind
corrections/anthropic/0ghc53zpsfmt.yml 4 source
links/2026/2026-03-03-story.md 5 date
links/2026/2026-03-03-story.md 7 providers
notes.txt 1
pages/about.md 3 sumary
pages/leaderboard.md 1
press/paper.md 1 feed
press/paper.md 5 kind
providers/router.md 2 slug
providers/router.md 5 home
providers/router.md 8 feeds.0.url
providers/router.md 9 feeds.0.dialect
providers/router.md 10 feeds.0.verified
providers/router.md 12 components.0.slug
providers/router.md 14 components.0.capability
providers/router.md 15 components.0.match
providers/router.md 16 components.1.slug
providers/router.md 18 components.2.slug
providers/router.md 21 monogram
providers/router.md 22 zone
providers/router.md 23 built_on.0
undeclared/anthropic/2026-03-04-slow.md 11 evidence.0.grade
"""


def test_fifty_mistakes_come_in_one_round_each_with_its_line_and_its_cure(content: Path) -> None:
    for file, text in WRONG.items():
        put(content, file, text)
    all_of_them = problems(content, NOW, strict=False)
    places = [f"{one.file.removeprefix('content/')} {one.line} {one.field}".rstrip() for one in all_of_them]
    named = [
        place for place in places if not place.startswith("articles/2026/second.md 1 ")
    ]  # what it lacks beside its name
    assert named == PLACES.split("\n")[1:-1]
    assert [str(one) for one in all_of_them if not one.hint] == []
