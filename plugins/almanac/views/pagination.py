"""Spread a long list over pages: how many there are, what stands on each, where each is, and the way between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, TypeVar

_T = TypeVar("_T")

PER_PAGE = 65  # incidents: with more, a page would weigh over 50 KB


class Sheet(NamedTuple):
    """One of the pages a long list is spread over."""

    url: str
    text: str
    is_current: bool


def page_count(items: int, per_page: int = PER_PAGE) -> int:
    """Return on how many pages so many items stand; an empty list has its page too."""
    return max(-(-items // per_page), 1)


def on_page(items: Sequence[_T], page: int, per_page: int = PER_PAGE) -> Sequence[_T]:
    """Return the items of one page, the first being 1."""
    return items[(page - 1) * per_page : page * per_page]


def page_url(first: str, page: int) -> str:
    """Return the address of a page of the list that begins at the address `first`."""
    return f"{first}{folder(page)}"


def page_urls(first: str, items: int, per_page: int = PER_PAGE) -> tuple[str, ...]:
    """Return the addresses of all pages of a list of so many items."""
    return tuple(page_url(first, page) for page, _ in pages(items, per_page))


def folder(page: int) -> str:
    """Return the folder of a page below that of the first, which has the list's own."""
    return "" if page == 1 else f"{page}/"


def pages(items: int, per_page: int = PER_PAGE) -> Iterator[tuple[int, str]]:
    """Return the number and the folder of each page of a list of so many items."""
    return ((page, folder(page)) for page in range(1, page_count(items, per_page) + 1))


def sheets(urls: Sequence[str], page: int) -> tuple[Sheet, ...]:
    """Return the way between pages at these addresses; () where one holds it all."""
    return tuple(Sheet(url, str(n), n == page) for n, url in enumerate(urls, 1)) if len(urls) > 1 else ()


def numbered(title: str, page: int) -> str:
    """Return the title of a page of a list."""
    return title if page == 1 else f"{title}, page {page}"
