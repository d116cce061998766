"""Makes the HTML of what an article shows of the archive: the timeline of an incident, a leaderboard, a badge.

It stands in any theme; `STYLE` is a small sheet for those that are not ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from html import escape, unescape

from almanac.content import blocks
from almanac.exports import badges, statuspage
from almanac.model import Card, Incident, Provider, stamp
from almanac.snapshot import Snapshot
from almanac.stats import windows
from almanac.text import english, markdown
from almanac.views import base, measures
from almanac.views.leaderboard import leaderboard
from almanac.views.measures import Records

_CODE = re.compile(rf'<pre><code class="language-{blocks.LANGUAGE}">(.*?)</code></pre>', re.DOTALL)
STYLE = """.almanac { margin: 1.5em 0; padding: .75em 1em; border: 1px solid; border-radius: .25em; }
.almanac ol { list-style: none; margin: .5em 0; padding: 0 0 0 .9em; border-left: 3px solid; }
.almanac li { margin: 0 0 .5em; } .almanac li p { margin: 0; }
.almanac table { width: 100%; border-collapse: collapse; margin: .5em 0; }
.almanac th, .almanac td { padding: .2em .5em; text-align: left; border-bottom: 1px solid; }
.almanac .source { font-size: .85em; margin: 0; }
.almanac-badge { vertical-align: middle; }
"""


class Embeds:
    """Shows parts of one Snapshot. `read` returns an incident with its texts; links begin with `home`, "" or an address."""

    def __init__(self, almanac: Snapshot, read: Callable[[Card], Incident], home: str) -> None:
        self._almanac, self._read, self._home = almanac, read, home

    @cached_property
    def _providers(self) -> dict[str, Provider]:
        return {provider.slug: provider for provider in self._almanac.providers}

    @cached_property
    def _records(self) -> Records:
        return measures.closed(self._almanac)

    def filled(self, html: str) -> str:
        """Return the safe HTML of an article with what its blocks ask for; what nobody can show is said in its place."""
        return _CODE.sub(lambda match: self.show(unescape(match[1])), html)

    def show(self, line: str) -> str:
        """Return what a line asks for, or a sentence that says why not."""
        try:
            return self.html(line)
        except ValueError as error:
            return f'<p class="almanac">{escape(str(error))}</p>'

    def html(self, line: str) -> str:
        """Return what a line asks for. Raises ValueError for what is not in the archive."""
        block = blocks.read(line)
        if block.kind == "leaderboard":
            return self._leaderboard(block.name)
        if block.provider not in self._providers:
            raise ValueError(f"{block.provider} is not a provider here; write one of: {', '.join(self._providers)}")
        provider = self._providers[block.provider]
        return self._badge(provider) if block.kind == "badge" else self._incident(provider, block.name)

    def _incident(self, provider: Provider, name: str) -> str:
        card = next((one for one in self._almanac.cards[provider.slug] if one.id == name), None)
        if card is None:
            raise ValueError(
                f"{provider.slug}/{name} is not in the archive; write the id as the address of its page has it"
            )
        posts = "".join(
            f'<li><time datetime="{stamp(post.at)}">{english.moment(post.at)}</time> <b>{escape(post.phase)}</b> '
            f"{markdown.html(post.text)}</li>"
            for post in self._read(card).updates
        )
        title = f"{provider.name}: {base.title(card)}"
        return _figure(title, f"<ol>{posts}</ol>", self._source(base.incident_url(card), provider))

    def _leaderboard(self, name: str) -> str:
        covered = windows.union(span for record in self._records.values() for span in record.covered)
        period = windows.period_by_slug(name, covered, measures.closed_at(self._almanac))
        page = leaderboard(self._almanac, self._records, period)
        lines = page.board.lines if page.board else ()
        rows = "".join(
            f"<tr><td>{escape(line.rank)}</td><th scope=row>{self._link(line.provider.url, line.provider.text)}</th>"
            f"<td>{escape(line.share)}</td><td>{escape(line.n)}</td></tr>"
            for line in lines
        )
        head = "<tr><th scope=col>Rank</th><th scope=col>Provider</th><th scope=col>No incident reported</th><th scope=col>Incidents</th></tr>"
        return _figure(
            f"{page.title}, {period.name}",
            f"<table><thead>{head}</thead><tbody>{rows}</tbody></table>",
            self._source(page.head.path),
        )

    def _badge(self, provider: Provider) -> str:
        picture = badges.svg(badges.badge(statuspage.declared(self._almanac, provider), self._almanac)).decode()
        picture = picture[picture.index("<svg") :].replace("<svg", '<svg class="almanac-badge"', 1)
        return f"<p>{self._link(base.provider_url(provider.slug), '', picture)}</p>"

    def _source(self, path: str, provider: Provider | None = None) -> str:
        page = f"{escape(provider.name)}’s status page, by " if provider else ""
        return f"{page}{self._link(path, self._almanac.project.name)}, data up to {self._reach}"

    @property
    def _reach(self) -> str:
        until = self._almanac.record_until
        return english.moment(until) if until else "no data yet"

    def _link(self, path: str, text: str, html: str = "") -> str:
        return f'<a href="{escape(self._home + path)}">{html or escape(text)}</a>'


def _figure(title: str, body: str, source: str) -> str:
    return (
        f'<figure class="almanac"><figcaption><b>{escape(title)}</b></figcaption>{body}'
        f'<p class="source">{source}</p></figure>'
    )
