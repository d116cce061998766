"""The incidents of a simulated page in the forms of feeds: Statuspage's Atom, RSS and JSON, incident.io's, a plain one.

Each form is a function of the incidents, in the order in which they are to stand, and of the page's host.
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape

from almanac.model import Impact, stamp
from tests.support.statuspages import Post, Trouble, atom_of, body, newest

Form = Callable[[Sequence[Trouble], str], bytes]

_DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_STATES = {"Postmortem": "Resolved", "Update": "Monitoring"}  # incident.io always names a state


def atom(troubles: Sequence[Trouble], host: str) -> bytes:
    """Statuspage's history.atom."""
    return atom_of(troubles, host)


def rss(troubles: Sequence[Trouble], host: str) -> bytes:
    """Statuspage's history.rss."""
    items = "".join(
        f"<item><title>{escape(trouble.title)}</title><description>{escape(body(trouble))}</description>"
        f"<pubDate>{format_datetime(newest(trouble))}</pubDate><link>https://{host}/incidents/{trouble.id}</link>"
        f"<guid>https://{host}/incidents/{trouble.id}</guid></item>"
        for trouble in troubles
    )
    head = f"<title>{host} Status - Incident History</title><description>Statuspage</description>"
    return f'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


def api(troubles: Sequence[Trouble], host: str) -> bytes:
    """Statuspage's api/v2/incidents.json, which names impact and components."""
    return json.dumps({"page": {"id": host}, "incidents": [_record(trouble, host) for trouble in troubles]}).encode()


def _record(trouble: Trouble, host: str) -> dict[str, object]:
    updates, status = [], "investigating"
    for post in trouble.posts:
        status = status if post.printed == "Update" else post.printed.lower()
        updates.append({"display_at": stamp(post.at), "body": post.text, "status": status})
    return {
        "id": trouble.id,
        "name": trouble.title,
        "created_at": stamp(trouble.posts[0].at),
        "incident_updates": updates[::-1],
        "impact": "" if trouble.impact is Impact.UNKNOWN else trouble.impact.value,
        "components": [{"name": name} for name in trouble.components],
        "shortlink": f"https://{host}/incidents/{trouble.id}",
    }


def incidentio(troubles: Sequence[Trouble], host: str) -> bytes:
    """incident.io's feed.atom: only the newest post of each, to the second; ids are ULIDs."""
    entries = "".join(_latest(trouble, f"https://{host}//incidents/{ulid(trouble)}") for trouble in troubles)
    head = f'<feed xmlns="http://www.w3.org/2005/Atom"><id>https://{host}/</id><title>{host} status</title>'
    return f"{head}<generator>incident.io</generator>{entries}</feed>".encode()


def _latest(trouble: Trouble, name: str) -> str:
    post = max(trouble.posts, key=lambda post: post.at)
    words = f"<b>Status: {_STATES.get(post.printed, post.printed)}</b><br/><br/>{escape(post.text)}"
    if trouble.components:
        listed = "".join(f"<li>{escape(component)} (Operational)</li>" for component in trouble.components)
        words += f"<br/><br/><b>Affected components</b><ul>{listed}</ul>"
    return (
        f'<entry><title type="html"><![CDATA[{escape(trouble.title)}]]></title><id>{name}</id><link href="{name}"/>'
        f"<updated>{stamp(post.at)}</updated>"
        f'<summary type="html"><![CDATA[{words}]]></summary></entry>'
    )


def ulid(trouble: Trouble) -> str:
    """Return a name as incident.io makes it: when the incident was opened, then what keeps it apart from others."""
    number = int((trouble.opened or trouble.posts[0].at).timestamp()) * 1000
    time = "".join(_DIGITS[number >> shift & 31] for shift in range(45, -5, -5))
    return time + "".join(c if c in _DIGITS else "Z" for c in trouble.id.upper())[-16:].rjust(16, "0")


def plain(troubles: Sequence[Trouble], host: str) -> bytes:
    """Return a feed of no known make: one entry an incident, its newest post with its phase in the title."""
    newest_posts = (max(trouble.posts, key=lambda post: post.at) for trouble in troubles)
    items = (
        item(f"https://{host}/news/{trouble.id}", trouble.title, post)
        for trouble, post in zip(troubles, newest_posts, strict=True)
    )
    return channel("".join(items), host)


def item(guid: str, title: str, post: Post, *, link: str = "", date: datetime | None = None) -> str:
    """One entry of such a feed."""
    return (
        f"<item><title>{escape(post.printed)}: {escape(title)}</title><link>{link or guid}</link>"
        f"<guid>{guid}</guid><pubDate>{format_datetime(date or post.at)}</pubDate>"
        f"<description>{escape(post.text)}</description></item>"
    )


def channel(items: str, host: str) -> bytes:
    """Such a feed, of these entries."""
    return f'<rss version="2.0"><channel><title>{host}</title>{items}</channel></rss>'.encode()


def google(troubles: Sequence[Trouble], host: str) -> bytes:
    """Google Cloud's feed: one entry an update, newest first; start and end stated to the minute (here in UTC)."""
    entries = [
        (post, _stated(trouble, number, host)) for trouble in troubles for number, post in enumerate(trouble.posts)
    ]
    entries.sort(key=lambda entry: entry[0].at, reverse=True)
    head = '<feed xmlns="http://www.w3.org/2005/Atom"><title>Google Cloud Service Health Updates</title>'
    head += f'<link href="https://{host}/" rel="alternate" type="text/html"/><id>https://{host}/</id>'
    return f"{head}{''.join(entry for _, entry in entries)}</feed>".encode()


def _stated(trouble: Trouble, number: int, host: str) -> str:
    posts, post = trouble.posts[: number + 1], trouble.posts[number]
    over = post.printed == "Resolved"
    words = f"<p>Incident began at <strong>{posts[0].at:%Y-%m-%d %H:%M}</strong>"
    words += f" and ended at <strong>{post.at:%Y-%m-%d %H:%M}</strong>" if over else ""
    words += ' (all times are <strong>UTC</strong>).</p><div class="status-update-text">'
    words += f"<p>{escape(post.text)}</p></div><hr><p>Affected products: {', '.join(trouble.components)}</p>"
    prefix = "RESOLVED: " if over else "UPDATE: " if number else ""
    return (
        f"<entry><title>{prefix}{escape(trouble.title)}</title>"
        f'<link href="https://{host}/incidents/{trouble.id}" rel="alternate" type="text/html"/>'
        f"<id>tag:{host},2026:feed:{trouble.id}.u{number}</id><updated>{stamp(post.at)}</updated>"
        f'<summary type="html">{escape(words)}</summary></entry>'
    )


def betterstack(troubles: Sequence[Trouble], host: str) -> bytes:
    """Better Stack's feed.rss of a monitor: its first post is "X went down", its last one, once over, "X recovered"."""
    posts = [(post, trouble) for trouble in troubles for post in trouble.posts]
    posts.sort(key=lambda entry: entry[0].at, reverse=True)
    items = "".join(
        f"<item><title>{escape(trouble.title)} {'recovered' if post.printed == 'Resolved' else 'went down'}</title>"
        f"<description>{escape(post.text)}</description><pubDate>{format_datetime(post.at)}</pubDate>"
        f"<link>https://{host}/</link><guid>https://{host}/#{trouble.id}</guid></item>"
        for post, trouble in posts
    )
    return channel(items, host)


def azure(troubles: Sequence[Trouble], host: str) -> bytes:
    """Azure's feed: what is not over, one entry an incident, and nothing else."""
    items = "".join(
        f'<item><guid isPermaLink="false">{trouble.id}</guid><link>https://{host}/en-us/status/</link>'
        f"<title>{escape(trouble.title)}</title><description>{escape(trouble.posts[0].text)}</description>"
        f"<pubDate>{format_datetime(trouble.posts[0].at)}</pubDate></item>"
        for trouble in troubles
        if trouble.posts[-1].printed != "Resolved"
    )
    head = f"<title>Azure Status</title><link>https://{host}/en-us/status/</link><description>What is on</description>"
    return f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()
