"""The wheel: the command `almanac` in a project, and blocks of the archive in a stock Pelican site of somebody else."""

from __future__ import annotations

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from bs4 import BeautifulSoup, Tag

from tests.support.projects import ROOT, project

ANSWERS = "\n\n\n\nn\nn\n\nn\n"  # to pelican-quickstart: its defaults, no address, no pages of lists, no tasks
ARTICLE = """Title: What happened
Date: 2026-03-03

Before.

```almanac
incident anthropic/first
```

```almanac
leaderboard 2026-02-01..2026-03-01
```

```almanac
badge groq
```

```text
badge groq
```

```almanac
badge nobody
```
"""

pytestmark = [pytest.mark.system, pytest.mark.slow]


def run(folder: Path, *words: object, said: str = "") -> str:
    done = subprocess.run(list(map(str, words)), cwd=folder, input=said, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (words, done.stdout, done.stderr)
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the programs of a fresh environment with the wheel in it; what the wheel needs is that of this one."""
    home = tmp_path_factory.mktemp("wheel")
    run(home, sys.executable, "-m", "venv", home / "env")
    pip = [home / "env/bin/python", "-m", "pip", "--disable-pip-version-check", "-q"]
    if subprocess.run([*map(str, pip), "download", "--no-deps", "-d", str(home), "hatchling"], check=False).returncode:
        pytest.skip("no package registry within reach")
    run(home, *pip, "wheel", "--no-deps", "-w", home, ROOT)
    run(home, *pip, "install", "--no-deps", next(home.glob("outage_almanac-*.whl")), "markdown", "pelican")
    site = Path(
        run(home, home / "env/bin/python", "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip()
    )
    (site / "needs.pth").write_text(sysconfig.get_path("purelib"))
    return home / "env/bin"


@pytest.fixture
def article(bin_folder: Path, tmp_path: Path) -> BeautifulSoup:
    """Return an article of a stock site, with the theme that Pelican brings."""
    archive = project(tmp_path / "archive") / "content"
    stock = tmp_path / "stock"
    stock.mkdir()
    run(stock, bin_folder / "pelican-quickstart", "-p", ".", "-t", "Blog", "-a", "Ada", "-l", "en", said=ANSWERS)
    with (stock / "pelicanconf.py").open("a") as settings:
        settings.write(f'PLUGINS = ["almanac"]\nALMANAC_ARCHIVE = "{archive}"\n')
    (stock / "content/what.md").write_text(ARTICLE)
    assert "ERROR" not in run(stock, bin_folder / "pelican", "content", "-s", "pelicanconf.py")
    assert (stock / "output/theme/almanac.css").read_text().startswith(".almanac {")
    return BeautifulSoup((stock / "output/what-happened.html").read_text(), "lxml")


def test_a_stock_pelican_site_shows_a_timeline_a_leaderboard_and_a_badge(article: BeautifulSoup) -> None:
    timeline, board = article.select("figure.almanac")
    assert next(time["datetime"] for time in timeline.select("li time")) == "2026-03-02T11:49:20Z"
    assert "We are looking into errors." in timeline.text
    link = timeline.select_one(".source a")
    assert isinstance(link, Tag)
    assert link["href"] == "https://outage-almanac.example/incidents/anthropic/first/"
    assert "Providers ranked by incident-free time, " in board.text
    (badge,) = article.select("svg.almanac-badge")
    assert str(badge["aria-label"]).startswith("Groq: ")
    assert [code.text.strip() for code in article.select("pre code")] == ["badge groq"]  # of another language
    assert article.select("p.almanac")[-1].text == "nobody is not a provider here; write one of: anthropic, groq"
    assert article.select("p link, p figure") == []


def test_the_command_does_the_tasks_of_a_project_in_its_folder(bin_folder: Path, tmp_path: Path) -> None:
    home = project(tmp_path / "own")
    assert run(home, bin_folder / "almanac", "--help").startswith("usage: almanac TASK")
    assert "no problems found" in run(home, bin_folder / "almanac", "check")
    run(home, bin_folder / "almanac", "build", "--now", "2026-03-02T14:10:00Z")
    assert "Is it down?" in (home / ".output-preview/index.html").read_text()
