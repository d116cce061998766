"""Checks what people wrote under content/: every problem at once, as file:line:column: field: what; cure.

`shell` prints and remembers, `survey` reads and judges. The rules stand in frontmatter, forms, body, manuscript and
rules, where the build finds them too.
"""

from almanac.check.shell import main

__all__ = ["main"]
