"""What stands below every page: who answers for it, where a mistake is reported, where its text is edited."""

from dataclasses import replace

import pytest

from almanac.model.project import Project
from almanac.views import base
from almanac.views.base import Head, Link
from almanac.views.imprint import Imprint, imprint, own_links

HUB = Project(name="Almanac", repository="https://github.com/almanac/almanac", contact="desk@almanac.example")
PAGE = Head(title="Is it down?", path="/providers/x/", source="content/providers/x.md")


def links(project: Project, head: Head = PAGE) -> list[tuple[str, str]]:
    site = base.site(project, "https://almanac.example", "/theme/site.css")
    return [(link.text, link.url) for link in own_links(site, head)]


def test_a_mistake_is_reported_in_a_form_that_names_the_page_and_its_text_is_edited_there() -> None:
    assert links(HUB) == [
        (
            "Report a mistake",
            f"{HUB.repository}/issues/new?template=correction.yml&title=Correction%3A+Is+it+down%3F&page=%2Fproviders%2Fx%2F",
        ),
        ("Edit this page", "https://github.com/almanac/almanac/edit/main/content/providers/x.md"),
        ("History", "https://github.com/almanac/almanac/commits/main/content/providers/x.md"),
    ]


def test_what_the_machine_makes_is_reported_and_not_edited() -> None:
    assert [text for text, _ in links(HUB, replace(PAGE, source=""))] == ["Report a mistake"]


@pytest.mark.parametrize(
    ("project", "expected"),
    [
        (Project(), []),
        (
            Project(contact="desk@almanac.example"),
            [
                (
                    "Report a mistake",
                    f"mailto:{HUB.contact}?subject=Correction%3A%20Is%20it%20down%3F&body=https%3A%2F%2Falmanac.example%2Fproviders%2Fx%2F%0A%0A",
                )
            ],
        ),
        (
            Project(contact="https://almanac.example/contact/", repository="https://gitlab.com/a/b"),
            [
                ("Report a mistake", "https://almanac.example/contact/"),
                ("Edit this page", "https://gitlab.com/a/b/-/edit/main/content/providers/x.md"),
                ("History", "https://gitlab.com/a/b/-/commits/main/content/providers/x.md"),
            ],
        ),
        (Project(repository="https://git.example/a/b"), []),
    ],
)
def test_without_such_a_form_a_mail_or_a_page_takes_it_and_nothing_dead_is_printed(
    project: Project, expected: list[tuple[str, str]]
) -> None:
    assert links(project) == expected


def test_what_is_not_set_is_not_printed() -> None:
    assert imprint(Project()) == Imprint("", None, None)
    assert imprint(replace(HUB, publisher="The Almanac Society")) == Imprint(
        "The Almanac Society",
        Link("mailto:desk@almanac.example", "desk@almanac.example"),
        Link("https://github.com/almanac/almanac", "github.com/almanac/almanac"),
    )
