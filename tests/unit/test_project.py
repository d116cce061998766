"""almanac.toml says whose almanac it is; what is wrong in it is said with its line and what to write instead."""

from dataclasses import replace
from pathlib import Path

import pytest

from almanac.content import project_file, providers
from almanac.content.project_file import ProjectError
from almanac.model.project import ANYBODYS, Capability, PressWords, Project

ROOT = Path(__file__).resolve().parents[2]
WHOLE = """name = "Payment Almanac"
subject = "payments"
address = "https://pay.example/status"
feed_ids = "tag:pay.example,2026:"
publisher = "Ada Example"
contact = "ada@pay.example"
repository = "https://git.example/pay"
user_agent = "Pay/1.0"
leaderboard_needs = 3

[capabilities]
cards = { name = "Cards", use = "To take cards" }
POS = "POS"
ledger = ""

[press]
about = ["payment"]
ordinary_names = ["Square"]
everywhere = ["payment"]

[colours.light]
accent = "#123456"
"""


def faults(text: str) -> list[str]:
    with pytest.raises(ProjectError) as caught:
        project_file.read(text.encode())
    return list(map(str, caught.value.problems))


def test_every_setting_has_its_place() -> None:
    assert project_file.read(WHOLE.replace("POS =", "pos =").encode()) == Project(
        name="Payment Almanac",
        subject="payments",
        address="https://pay.example/status",
        feed_ids="tag:pay.example,2026:",
        publisher="Ada Example",
        contact="ada@pay.example",
        repository="https://git.example/pay",
        user_agent="Pay/1.0",
        leaderboard_needs=3,
        capabilities=(
            Capability("cards", "Cards", "To take cards"),
            Capability("pos", "POS", "For POS"),
            Capability("ledger", "", ""),
        ),
        press=PressWords(about=("payment",), ordinary_names=("Square",), everywhere=("payment",)),
        colours={"light": {"accent": "#123456"}},
    )


def test_without_the_file_holds_what_holds_for_anybody(tmp_path: Path) -> None:
    assert project_file.load(tmp_path) == ANYBODYS
    assert (ANYBODYS.of("providers"), ANYBODYS.agent) == ("providers", "Almanac")


def test_all_mistakes_are_told_at_once_each_at_its_line() -> None:
    text = WHOLE.replace('"payments"', '"<b>"').replace("publisher", "publishr").replace("= 3", "= 1")
    text = text.replace('["Square"]', '"Square"').replace("#123456", "blue").replace('ledger = ""', "ledger = 3")
    assert faults(text.replace("ada@pay.example", "Ada")) == [
        "almanac.toml:5:1: publishr: is not a setting; write publisher",
        "almanac.toml:2:1: subject: is '<b>'; write at most 40 characters that stand before a noun, e.g. payments",
        "almanac.toml:6:1: contact: is 'Ada'; write a mail address or a URL",
        "almanac.toml:9:1: leaderboard_needs: is '1'; write a whole number from 2 to 20",
        "almanac.toml:13:1: capabilities.POS: is not a valid slug; use a to z, 0 to 9 and -, e.g. card-payments",
        'almanac.toml:14:1: capabilities.ledger: has no name; write "Name", or { name = "Name", use = "For names" }',
        'almanac.toml:18:1: press.ordinary_names: is not a list of words; write ["word", "two words"]',
        "almanac.toml:22:1: colours.light.accent: is 'blue'; write { accent = \"#1b5e72\" }",
    ]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name = \n", "almanac.toml:1:8: is not TOML (Invalid value); correct this line"),
        ("colours = 3\n", "almanac.toml:1:1: colours: is not a table; write its lines below [colours]"),
        ("[colours]\ndark = 3\n", "almanac.toml:2:1: colours.dark: is '3'; write { accent = \"#1b5e72\" }"),
        ("[press]\nabuot = []\n", "almanac.toml:2:1: press.abuot: is not a setting; write about"),
        (
            "leaderboard_needs = true\n",
            "almanac.toml:1:1: leaderboard_needs: is 'True'; write a whole number from 2 to 20",
        ),
    ],
)
def test_no_form_of_nonsense_is_a_bug(text: str, fault: str) -> None:
    assert faults(text) == [fault]


def test_a_file_that_is_no_text_is_said_to_be_none() -> None:
    with pytest.raises(ProjectError, match="is not UTF-8; save it as UTF-8"):
        project_file.read(b'name = "\xff"')


def test_components_and_providers_have_capabilities_that_the_project_lists(tmp_path: Path) -> None:
    text = (
        "---\nslug: pay\nname: Pay\ncompany: Pay\nhome: https://pay.example/\nstatus_page: https://s.pay.example/\n"
        "components: [{slug: a, name: A, capability: crads}]\ncapabilities: [cards, other, chat]\n---\n"
    )
    (tmp_path / "content/providers").mkdir(parents=True)
    (tmp_path / "content/providers/pay.md").write_text(text)
    assert providers.sound(tmp_path / "content")[1] == ()  # no list: every slug is one
    (tmp_path / "almanac.toml").write_text('[capabilities]\ncards = "Cards"\n')
    cure = "use cards or other, or list it in almanac.toml"
    assert list(map(str, providers.sound(tmp_path / "content")[1])) == [
        f"content/providers/pay.md:7:33: components.0.capability: 'crads' is not a capability here; {cure}",
        f"content/providers/pay.md:8:30: capabilities.2: 'chat' is not a capability here; {cure}",
    ]
    (tmp_path / "almanac.toml").write_text("[capabilities]\ncards = 3\n")
    assert str(providers.sound(tmp_path / "content")[1][0]).startswith("almanac.toml:2:1: capabilities.cards:")


def test_a_pull_introduces_itself_by_name_and_says_where_to_learn_more() -> None:
    assert Project(name="Pay Status", address="https://pay.example").agent == "PayStatus (+https://pay.example)"
    assert Project(name="Pay", repository="https://git.example").agent == "Pay (+https://git.example)"


def test_a_contact_is_a_link() -> None:
    addresses = [
        Project(contact=contact).contact_url for contact in ("ada@pay.example", "https://pay.example/@ada", "")
    ]
    assert addresses == ["mailto:ada@pay.example", "https://pay.example/@ada", ""]


def test_that_of_this_repository_is_right() -> None:
    assert project_file.sound(ROOT)[1] == ()


def test_settings_of_pelican_stand_over_the_file() -> None:
    project = Project(name="Ours", subject="AI", contact="desk@example.org")
    settings = {"ALMANAC_SUBJECT": "payments", "ALMANAC_PUBLISHER": "Ada", "ALMANAC_CONTACT": ""}
    assert project_file.with_settings(project, settings) == replace(project, subject="payments", publisher="Ada")
    with pytest.raises(ProjectError, match=r"pelicanconf\.py.*contact: is 'nowhere'; write a mail address or a URL"):
        project_file.with_settings(project, {"ALMANAC_CONTACT": "nowhere"})
