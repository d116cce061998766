"""What the press and users say, by feed: outlets and their items, what is kept of them, and the inbox where it waits.

`outlets` loads content/press, `items` reads a feed, `naming` and `ties` judge an item, `sift` makes stories of what is
kept; `inbox` and `links` are the files. Nothing here publishes: a person moves a draft on (`almanac.curate`).
"""

from almanac.press.draft import Decided, Draft, Told
from almanac.press.inbox import InboxError
from almanac.press.items import Item
from almanac.press.outlets import Outlet
from almanac.press.sift import Sifted, sift

__all__ = ["Decided", "Draft", "InboxError", "Item", "Outlet", "Sifted", "Told", "sift"]
