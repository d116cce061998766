"""An address that is none costs its link and nothing else."""

from __future__ import annotations

import pytest

from almanac.feeds import dialect
from almanac.text import addresses

NONE = ["https://[::1/", "https://a\u2100b.example/", "https:///x", "https://", "//", "", "https://["]


@pytest.mark.parametrize("url", NONE)
def test_what_is_no_address_has_no_host_and_is_no_link(url: str) -> None:
    assert addresses.host(url) == ""
    assert dialect.tidy_link(url) == ""
    assert not addresses.is_web(url)


def test_an_address_has_the_host_readers_see() -> None:
    assert addresses.host("https://Status.Example.com:99999/x") == "status.example.com"
    assert dialect.tidy_link("http://status.example.com//x") == "https://status.example.com/x"
