"""The house keeps its order: rooms import downward only, no files import in a circle, dangerous tools have one user."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "plugins" / "almanac"

ROOMS = (  # from the ground up: each may import those named before it, and none named after it
    "model",
    "files",
    "executors",
    "world",
    "text",
    "merge",
    "stats",
    "fetch",
    "feeds",
    "archive",
    "queries",
    "content",
    "news",
    "snapshot",
    "pull",
    "claims",
    "views",
    "exports",
    "build",
    "upload",
    "commands",
    "__init__",
)
TOP = {"__init__.py", "files.py"}  # what has no room

ONLY = {
    "feedparser": {"feeds/entries.py"},
    "bs4": {"text/untrusted.py"},
    "nh3": {"text/markdown.py", "text/untrusted.py"},
    "cmarkgfm": {"text/markdown.py"},
    "httpx2": {"fetch/__init__.py", "fetch/client.py"},
    "httpcore2": {"fetch/client.py", "fetch/guard.py"},
    "stamina": {"fetch/__init__.py"},
    "pagefind_bin": {"exports/searchindex.py"},
    "pyarrow": {"exports/parquet.py"},
    "PIL": {"exports/linkpicture.py"},
    "font_source_sans_pro": {"exports/linkpicture.py"},
    "pelican": {"build/entry.py", "build/pelican.py", "commands/build.py"},
    "sqlite3": {"build/cache.py"},
    "distributed": {"executors/__init__.py"},
}

FILES = [path.relative_to(PACKAGE).as_posix() for path in sorted(PACKAGE.rglob("*.py"))]


def module(file: str) -> str:
    """Return the name a file is imported by: almanac.feeds.times, or almanac.feeds for its __init__.py."""
    return ".".join(["almanac", *file.removesuffix(".py").split("/")]).removesuffix(".__init__")


MODULES = {module(file): file for file in FILES}


def room(file: str) -> str:
    """Return the module or package directly under almanac that a file belongs to."""
    return file.split("/", maxsplit=1)[0].removesuffix(".py")


@cache  # and not when this file is imported: every worker would parse the whole program
def imports(file: str) -> set[str]:
    """Every module that a file imports, wherever in it the import stands: in a function, or for types only."""
    package = ["almanac", *file.split("/")[:-1]]
    names = set()
    for node in ast.walk(ast.parse((PACKAGE / file).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(
                [
                    *(package[: len(package) - node.level + 1] if node.level else ()),
                    *(node.module.split(".") if node.module else ()),
                ]
            )
            inner = {f"{base}.{alias.name}" for alias in node.names}
            names |= {name if name in MODULES else base for name in inner}
    return names


def uses(file: str) -> set[str]:
    """Return the files of ours that a file imports."""
    return {MODULES[name] for name in imports(file) if name in MODULES} - {file}


def test_every_module_stands_in_a_room() -> None:
    assert {room(file) for file in FILES} <= set(ROOMS)
    assert {file for file in FILES if "/" not in file} == TOP


def test_rooms_import_downward() -> None:
    assert [
        f"{file} imports {used}"
        for file in FILES
        for used in sorted(uses(file))
        if ROOMS.index(room(used)) > ROOMS.index(room(file))
    ] == []


def test_only_commands_and_the_entry_of_pelican_know_the_build() -> None:
    users = {file for file in FILES if room(file) != "build" and any(room(used) == "build" for used in uses(file))}
    assert {file for file in users if room(file) != "commands"} == {"__init__.py"}


def test_no_files_import_each_other_in_a_circle() -> None:
    graph = {file: uses(file) for file in FILES}
    while True:
        used = {other for others in graph.values() for other in others}
        left = {file: others & graph.keys() for file, others in graph.items() if others & graph.keys() and file in used}
        if left == graph:
            break
        graph = left
    assert graph == {}


def test_dangerous_tools_have_one_user() -> None:
    tools = {file: {name.split(".")[0] for name in imports(file)} & set(ONLY) for file in FILES}
    assert [f"{file} imports {tool}" for file in FILES for tool in tools[file] if file not in ONLY[tool]] == []


def test_first_line_says_the_one_responsibility() -> None:
    trees = {file: ast.parse((PACKAGE / file).read_text()) for file in FILES}
    said = {file: (ast.get_docstring(tree) or "").split("\n")[0] for file, tree in trees.items()}
    assert [file for file, line in said.items() if not line.endswith((".", ","))] == []
