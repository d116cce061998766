"""Nothing is printed without being escaped that is not on the list, and pages carry the strict policy."""

from __future__ import annotations

import re
import runpy
import tomllib
from pathlib import Path

import pytest

from bench import csp, pages
from bench.pages import KINDS

ROOT = Path(__file__).resolve().parents[2]
LIST = ROOT / "theme/safe.toml"
# Every way out of escaping that Jinja and markupsafe know; in the plugin, that of markupsafe.
IN_TEMPLATE = re.compile(
    r"[\w.()\"', ]+\|\s*safe\b|{%-?\s*autoescape\b.*?%}|\bMarkup\b|\|\s*(?:tojson|xmlattr|urlize)\b"
)
IN_PLUGIN = re.compile(r"\bMarkup\((?:[^()]|\([^()]*\))*\)|\w+\.__html__\(|def __html__|mark_safe\(|Markup\.")


def printed_raw() -> list[tuple[str, str]]:
    """Each place in the theme and the plugin where something is printed as it is."""
    found = [(path, IN_TEMPLATE) for path in (ROOT / "theme/templates").rglob("*")]
    found += [(path, IN_PLUGIN) for path in (ROOT / "plugins/almanac").rglob("*.py")]
    return sorted(
        (path.relative_to(ROOT).as_posix(), place[0].strip())
        for path, pattern in found
        if path.is_file()
        for place in pattern.finditer(path.read_text(encoding="utf-8"))
    )


def test_all_that_is_printed_as_it_is_stands_on_the_list_with_its_reason() -> None:
    listed = tomllib.loads(LIST.read_text(encoding="utf-8"))["printed"]
    assert printed_raw() == sorted((entry["file"], entry["what"]) for entry in listed)
    assert [entry for entry in listed if len(entry["why"]) < 30] == []


@pytest.mark.parametrize(
    "source",
    ["{{ a|safe }}", "{{ page.html | safe }}", "{% autoescape false %}", "{%- autoescape off %}", "{{ x|tojson }}"],
)
def test_ways_out_of_escaping_are_found_in_templates(source: str) -> None:
    assert IN_TEMPLATE.search(source)


@pytest.mark.parametrize("source", ["Markup(text)", "Markup(f(x))", "markupsafe.Markup('<b>')", "def __html__(self):"])
def test_ways_out_of_escaping_are_found_in_code(source: str) -> None:
    assert IN_PLUGIN.search(source)


@pytest.mark.parametrize("name", ["pelicanconf.py", "publishconf.py"])
def test_templates_escape(name: str) -> None:
    assert runpy.run_path(str(ROOT / name))["JINJA_ENVIRONMENT"]["autoescape"] is True


STRICT = "; ".join(f"{name} {' '.join(sorted(sources))}" for name, sources in csp.POLICY.items())
PAGE = (
    '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
    '<meta http-equiv="Content-Security-Policy" content="{}">\n<title>x</title>'
)
LIVES = STRICT.replace("style-src", "script-src 'self'; style-src")
AS_OF = '<time class="as-of" datetime="2026-03-02T14:10:00Z">14:10</time>'
SEARCHES = STRICT.replace("style-src", "script-src 'self' 'wasm-unsafe-eval'; style-src")


@pytest.mark.parametrize(
    ("path", "text", "said"),
    [
        ("/", PAGE.format(STRICT), ""),
        ("/search/", PAGE.format(SEARCHES), ""),
        ("/search/", PAGE.format(STRICT), ""),
        ("/", PAGE.format(LIVES) + AS_OF, ""),
        ("/", PAGE.format(LIVES), "has the policy"),
        ("/", PAGE.format(SEARCHES) + AS_OF, "has the policy"),
        ("/", PAGE.format(SEARCHES), "has the policy"),
        ("/", PAGE.format(STRICT.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'")), "has the policy"),
        ("/", PAGE.format(STRICT.replace("img-src", "img-src https://a.example")), "has the policy"),
        ("/", PAGE.format(STRICT.replace("base-uri 'none'; ", "")), "has the policy"),
        ("/", PAGE.format(STRICT).replace("<head>", "<head><script src=x></script>"), "something before it"),
    ],
)
def test_a_policy_is_the_one_wanted_and_stands_first(path: str, text: str, said: str) -> None:
    assert csp.wrong_with(path, text).endswith(said) if not said else said in csp.wrong_with(path, text)


@pytest.mark.browser
@pytest.mark.slow
def test_every_kind_of_page_keeps_its_policy(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    output = pages.built(tmp_path / "site")
    assert csp.policies(output) == []
    request.getfixturevalue("chromium")
    assert csp.broken(output, list(KINDS.values())) == []
