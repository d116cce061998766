"""Starts an almanac of somebody's own, and brings a newer program to one; what is theirs is touched by neither.

In its repository the branch `program` holds the program alone, each version a commit. An upgrade is a merge of that
branch, so git leaves alone what never stood in it.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from almanac import files
from almanac.content import project_file
from almanac.exports import version
from almanac.model.problem import TaskError
from almanac.model.project import Project
from almanac.text import english

BRANCH = "program"
# What differs from one almanac to the next. Of content/ only the pages go along, which say how every almanac works.
OWN_FILES = (
    "content/",
    "tests/record/",
    "README.md",
    project_file.FILE,
    ".github/CODEOWNERS",
    ".github/home.png",
    ".github/incident.png",
    ".git-blame-ignore-revs",
)
PAGES = ("content/pages/", "content/LICENSE")
ABOUT, TRIALS = "content/pages/about.md", "content/pages/simulations.md"
OWN_TRIALS = "## Periods made of a provider’s own durations"  # that section rests on the archive of this repository
EXAMPLES = (  # of providers, where pages explain something
    ("status.claude.com", "status.acme.example"),
    ("claude", "acme"),
    ("Claude", "Acme"),
    ("anthropic", "acme"),
    ("Anthropic", "Acme Inc."),
    ("openai", "bolt"),
    ("JetBrains AI", "Acme"),
    ("jetbrains-ai", "acme"),
)
SETTINGS = """# Whose almanac this is. docs/your-own.md explains each line; `python3 tasks.py doctor` names what is not set.

name = {name}
subject = {subject} # stands before “providers”, “services”, “outages”
address = {address} # where it will be published; SITEURL in the environment goes first
feed_ids = {feed_ids} # begins every id in feeds; set it once, before anybody subscribes
publisher = "" # who is responsible: a person, a company, an association
contact = "" # a mail address or a URL
repository = "" # e.g. https://github.com/name/almanac

leaderboard_needs = 3 # providers with enough data, for a period to be shown first

[capabilities] # what services can do, what people ask for first at the top; where none is listed, any word is one
# api = {{ name = "API", use = "For the API" }}
# checkout = "Checkout"

[press] # which items of press feeds (content/press) are about the subject
about = []
"""
README = """# {name}

What {providers} report on their status pages, archived and turned into a site. `python3 tasks.py --help` lists what can be done:

    python3 tasks.py new provider https://status.example.com/
    python3 tasks.py site     # read the feeds, then build the site into output/
    python3 tasks.py serve    # show it at http://127.0.0.1:8000/, and build again when a file changes
    python3 tasks.py doctor   # what is not set or does not work

[docs/your-own.md](docs/your-own.md) says how to make it yours, [docs/upgrade.md](docs/upgrade.md) how to get a newer program.
"""


def main(
    root: Path, folder: Path, name: str, subject: str, address: str = "", vendors: Path | None = None, via: str = ""
) -> int:
    """Start an almanac in `folder`, with the providers whose status pages `vendors` lists. The exit code."""
    name = name or folder.resolve().name.replace("-", " ").title()
    start(root, folder, name, subject, address)
    code = 0
    if vendors:
        from almanac.commands import new_provider

        code = new_provider.main(folder / "content", (), listed=vendors, via=via)
        _commit(folder, "Providers")
    print(f"init: {folder} holds {name}; now: cd {folder}, python3 tasks.py doctor, python3 tasks.py site")
    return code


def upgrade(root: Path, folder: Path) -> int:
    """Bring the program of this checkout to the branch `program` of an almanac, for its people to merge. The exit code."""
    project = _project_of(folder)
    if _renew(root, folder, project):
        print(f"upgrade: {BRANCH} holds {version.current()}; now: cd {folder}, git merge {BRANCH}")
    else:
        print(f"upgrade: {BRANCH} holds {version.current()} already; nothing changed")
    return 0


def start(root: Path, folder: Path, name: str, subject: str, address: str = "") -> Project:
    """Make the repository: the program on its branch, and on top of it, on `main`, what is theirs. Raises TaskError."""
    if folder.exists() and any(folder.iterdir()):
        raise TaskError(f"{folder} is not empty; name a new folder, or upgrade it: python3 tasks.py upgrade {folder}")
    address = address or "https://status.example"
    text = SETTINGS.format(
        name=_quoted(name),
        subject=_quoted(subject),
        address=_quoted(address),
        feed_ids=_quoted(f"tag:{address.partition('://')[2].partition('/')[0]},2026:"),
    )
    project = project_file.read(text.encode())
    tracked = list(_program(root))
    files.make_folder(folder)
    _git(folder, "init", "-q", "-b", BRANCH)
    _lay(root, tracked, folder, project)
    _commit(folder, f"Program {version.current()}")
    _git(folder, "checkout", "-q", "-b", "main")
    files.put(folder / project_file.FILE, text.encode())
    files.put(folder / "README.md", README.format(name=name, providers=project.of("providers")).encode())
    _commit(folder, f"Start {name}")
    return project


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _project_of(folder: Path) -> Project:
    """Return whose almanac stands in a folder. Raises TaskError where none can be upgraded."""
    if not (folder / project_file.FILE).is_file() or not _git(folder, "branch", "--list", BRANCH):
        raise TaskError(f"{folder} was not made by init: it has no {project_file.FILE}, or no branch {BRANCH}")
    return project_file.sound(folder)[0]


def _renew(root: Path, folder: Path, project: Project) -> bool:
    """Commit the program of `root` to the branch, beside whatever is checked out; say whether it differs."""
    tracked = list(_program(root))
    with TemporaryDirectory() as aside:
        tree = Path(aside) / "program"
        _git(folder, "worktree", "add", "-q", str(tree), BRANCH)
        try:
            for old in _git(tree, "ls-files", "-z").split("\0"):
                (tree / old).unlink() if old else None
            _lay(root, tracked, tree, project)
            return _commit(tree, f"Program {version.current()}")
        finally:
            _git(folder, "worktree", "remove", "--force", str(tree))


def _program(root: Path) -> Iterator[str]:
    """Yield the files of the program, as paths below `root`. Raises TaskError where git does not know them."""
    for path in _git(root, "ls-files", "-z").split("\0"):
        if path and (path.startswith(PAGES) or not path.startswith(OWN_FILES)):
            yield path


def _lay(root: Path, tracked: list[str], folder: Path, project: Project) -> None:
    """Put the program into a folder; pages in the words of the project."""
    for path in tracked:
        files.make_folder((folder / path).parent)
        if path.startswith(PAGES):
            text = worded(path, (root / path).read_text(encoding="utf-8"), project, project_file.load(root))
            files.put(folder / path, text.encode())
        else:
            shutil.copy(root / path, folder / path)


def worded(path: str, text: str, project: Project, before: Project) -> str:
    """Return a page of the program with the name, the subject and the examples of another project."""
    for old, new in EXAMPLES:
        text = text.replace(old, new)
    if path == TRIALS:
        head, _, rest = text.partition(OWN_TRIALS)
        text = head + rest[rest.find("\n## ") + 1 :] if rest else text
    if path == ABOUT:
        text = text.replace(before.name, project.name)
        for noun in ("service", "services"):
            one, other = before.of(noun), project.of(noun)
            text = text.replace(f"{english.with_article(one)} ", f"{english.with_article(other)} ").replace(one, other)
    return text


def _commit(folder: Path, subject: str) -> bool:
    """Commit all that is in a folder; say whether there was anything to commit."""
    _git(folder, "add", "-A")
    if not _git(folder, "status", "--porcelain"):
        return False
    _git(folder, "-c", "user.name=Almanac", "-c", "user.email=almanac@localhost", "commit", "-q", "-m", subject)
    return True


def _git(folder: Path, *words: str) -> str:
    """Return what git says in a folder. Raises TaskError with its complaint."""
    try:
        process = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)  # noqa: S603, S607
    except FileNotFoundError:
        raise TaskError("git is not installed, or the folder is not there: an almanac is kept in git") from None
    except subprocess.CalledProcessError as error:
        raise TaskError(f"git {words[0]} in {folder}: {error.stderr.strip().splitlines()[-1]}") from error
    return process.stdout
