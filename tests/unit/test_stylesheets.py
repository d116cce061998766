"""Style sheets are made small without a change of what they say."""

from pathlib import Path

import pytest

from almanac.build.stylesheets import squeeze

STATIC = Path(__file__).resolve().parents[2] / "theme/static"
SHEETS = sorted(path.name for path in STATIC.glob("*.css"))


def test_comments_and_blanks_go_and_what_they_mean_something_in_stays() -> None:
    sheet = """
    /* The key; "quoted" */
    .key > .gl, .key :hover { color: var(--ink); margin: 0 calc(1px + 2px); }
    @media (max-width: 40rem) { .key::before { content: "a; b,  { c /* d */ }"; } }
    """
    assert squeeze(sheet) == (
        ".key > .gl,.key :hover{color:var(--ink);margin:0 calc(1px + 2px)}"
        '@media (max-width: 40rem){.key::before{content:"a; b,  { c /* d */ }"}}'
    )


@pytest.mark.parametrize("name", SHEETS)
def test_a_small_sheet_made_small_again_is_the_same_and_has_as_many_rules(name: str) -> None:
    sheet = (STATIC / name).read_text()
    small = squeeze(sheet)
    assert squeeze(small) == small
    assert small.count("{") == sheet.count("{")
    assert len(small) < 0.93 * len(sheet)
