"""What the press and users say, by feed: outlets and their items, what is kept of them, and the inbox where it waits.

`outlets` loads content/press, `items` reads a feed, `naming` and `ties` judge an item, `stories` makes stories of
what is kept; `inbox` and `links` are the files. Nothing here publishes: a person moves a draft on
(`almanac.commands.curate`).
"""

from almanac.news.draft import Decided, StoryDraft
from almanac.news.inbox import InboxError
from almanac.news.items import Item
from almanac.news.outlets import Outlet
from almanac.news.stories import Sifted, sift
