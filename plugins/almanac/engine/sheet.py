"""Style sheets as they are sent: without comments and the blanks that only people need, a sixth lighter."""

from __future__ import annotations

import re

_STEPS = (
    (re.compile(rb"/\*.*?\*/", re.DOTALL), b""),
    (re.compile(rb"\s+"), b" "),
    (re.compile(rb" ?([{};,]) ?"), rb"\1"),
    (re.compile(rb": "), b":"),
    (re.compile(rb";}"), b"}"),
)


def lean(css: bytes) -> bytes:
    """The same sheet with less in it. Texts in it must not hold a comment, a colon or a bracket beside a blank."""
    for pattern, instead in _STEPS:
        css = pattern.sub(instead, css)
    return css.strip()
