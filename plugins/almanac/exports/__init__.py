"""What leaves the site for other programs: feeds, JSON, calendars, tables; made by libraries, always the same bytes.

`items` says what stands in a feed and `syndication` prints it; every other module makes one kind of file.
"""

from almanac.exports.items import (
    NEWEST,
    Channel,
    FeedItem,
    article,
    brief,
    failing,
    incident,
    link,
    summary,
    undeclared,
)
from almanac.exports.syndication import AtomEntry, atom, atom_of, entry, json_feed, opml, rss
