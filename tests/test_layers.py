"""The house keeps its order: imports go downward only, and each dangerous tool has one user."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[1] / "plugins" / "almanac"

LAYERS = {
    0: {"model", "files"},
    1: {"text", "merge", "stats", "fetch", "providers", "frontmatter", "forms", "words", "unchanged", "body",
        "queries", "spelling", "sources", "layout", "alike", "addresses"},
    2: {"feeds", "archive", "almanac", "charts", "corrections", "links", "pictures",
        "undeclared", "schemas"},
    3: {"claims", "pull", "worker", "backfill", "views", "exports", "manuscript", "rules", "newarticle", "newpicture",
        "press", "replay"},
    4: {"site", "desk", "hookup", "engine", "reader", "serve", "check", "curate", "newreport",
        "doctor"},
    5: {"__init__"},
}
LAYER = {name: layer for layer, names in LAYERS.items() for name in names}

ONLY = {
    "feedparser": {"feeds/entries.py"},
    "bs4": {"text/untrusted.py"},
    "nh3": {"text/__init__.py", "text/untrusted.py"},
    "cmarkgfm": {"text/__init__.py"},
    "httpx2": {"fetch/__init__.py", "fetch/client.py"},
    "httpcore2": {"fetch/client.py", "fetch/guard.py"},
    "stamina": {"fetch/__init__.py"},
    "pagefind_bin": {"exports/searchindex.py"},
    "pyarrow": {"exports/parquet.py"},
    "resvg_py": {"exports/lettering.py"},
    "font_source_sans_pro": {"exports/lettering.py"},
    "pelican": {"hookup.py", "reader.py", "site.py"},
}

MODULES = sorted(PACKAGE.rglob("*.py"))


def unit(path: Path) -> str:
    """The module or sub-package directly under almanac that a file belongs to."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imports(path: Path) -> list[str]:
    """Every module a file imports, relative ones resolved to almanac.…"""
    package = ["almanac", *path.relative_to(PACKAGE).parts[:-1]]
    names = []
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base += node.module.split(".") if node.module else []
            whole = [".".join(base)]
            names += [f"almanac.{alias.name}" for alias in node.names] if base == ["almanac"] else whole
    return names


def test_every_module_has_a_layer() -> None:
    assert {unit(path) for path in MODULES} - set(LAYER) == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_downward(path: Path) -> None:
    mine = unit(path)
    used = {name.split(".")[1] for name in imports(path) if name.startswith("almanac.")}
    upward = {name for name in used - {mine} if LAYER.get(name, 9) > LAYER[mine]}
    assert upward == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_dangerous_tools_have_one_user(path: Path) -> None:
    here = path.relative_to(PACKAGE).as_posix()
    used = {name.split(".")[0] for name in imports(path)}
    assert {tool for tool in used & set(ONLY) if here not in ONLY[tool]} == set()


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_first_line_says_the_one_responsibility(path: Path) -> None:
    assert (ast.get_docstring(ast.parse(path.read_text())) or "").split("\n")[0].endswith((".", ","))


def test_units_of_one_layer_do_not_import_in_circles() -> None:
    graph = {unit(p): set() for p in MODULES}
    for path in MODULES:
        graph[unit(path)] |= {n.split(".")[1] for n in imports(path) if n.startswith("almanac.")} - {unit(path)}
    while leaves := {name for name, uses in graph.items() if not uses & graph.keys()}:
        graph = {name: uses for name, uses in graph.items() if name not in leaves}
    assert graph == {}
