"""The house keeps its order: imports go downward only, and each dangerous tool has one user."""

import ast
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "plugins" / "almanac"

LAYERS = {
    0: {"model", "files", "version"},
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


@cache
def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> list[str]:
    """Every module a file imports, relative ones resolved to almanac.…"""
    package = ["almanac", *path.relative_to(PACKAGE).parts[:-1]]
    names = []
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = [*package[: len(package) - node.level + 1]] if node.level else []
            base += node.module.split(".") if node.module else []
            whole = [".".join(base)]
            names += [f"almanac.{alias.name}" for alias in node.names] if base == ["almanac"] else whole
    return names


def used_units(path: Path) -> set[str]:
    """The other units of almanac that a file imports."""
    return {name.split(".")[1] for name in imports(path) if name.startswith("almanac.")} - {unit(path)}


def test_every_module_has_a_layer() -> None:
    assert {unit(path) for path in MODULES} - set(LAYER) == set()


def test_imports_go_downward() -> None:
    upward = {
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in MODULES for name in used_units(path) if LAYER.get(name, 9) > LAYER[unit(path)]
    }  # fmt: skip
    assert upward == set()


def test_dangerous_tools_have_one_user() -> None:
    others = {
        f"{path.relative_to(PACKAGE)} imports {tool}"
        for path in MODULES for tool in {name.split(".")[0] for name in imports(path)} & set(ONLY)
        if path.relative_to(PACKAGE).as_posix() not in ONLY[tool]
    }  # fmt: skip
    assert others == set()


def test_first_line_says_the_one_responsibility() -> None:
    first = {path: (ast.get_docstring(parsed(path)) or "").split("\n")[0] for path in MODULES}
    assert [str(path.relative_to(PACKAGE)) for path, line in first.items() if not line.endswith((".", ","))] == []


def test_units_of_one_layer_do_not_import_in_circles() -> None:
    graph: dict[str, set[str]] = {unit(path): set() for path in MODULES}
    for path in MODULES:
        graph[unit(path)] |= used_units(path)
    while leaves := {name for name, uses in graph.items() if not uses & graph.keys()}:
        graph = {name: uses for name, uses in graph.items() if name not in leaves}
    assert graph == {}
