"""Whether the tests bite: small faults are put into the code, one at a time, and the tests must fail.

    python3 tasks.py bench mutants [--each 60] [--seed 1] [--units fetch merge archive text check]

Of all faults that can be made of a unit (a comparison turned, a constant moved, a condition forced, a statement or a
`not` left out, …) a seeded sample is tried, `each` of a unit, in a copy of the project. A fault is killed when a test
fails or none ends in time. Faults that change nothing that can be seen count as survivors, so the figure is a lower
bound. The interval is Wilson's at 95 %.
"""

from __future__ import annotations

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from scipy.stats import binomtest

ROOT = Path(__file__).resolve().parents[2]
WANTED = 0.85
PATIENCE = 180  # seconds for the tests of one fault
TESTS = {  # which tests speak of a unit, those that speak of it most first
    "fetch": ("test_fetch", "test_pull"),
    "merge": ("test_merge", "test_pull", "test_stories"),
    "archive": ("test_archive", "test_backfill", "test_forecasts_kept", "test_pull"),
    "text": ("test_text", "test_reader"),
    "check": ("test_check",),
}
TURNED: dict[type[ast.AST], Any] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.Add: ast.Sub, ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.And: ast.Or, ast.Or: ast.And,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip


class Fault(NamedTuple):
    """One change of one file: of the node with this number, the variant with that one."""

    path: Path
    node: int
    variant: int
    line: int
    what: str

    def __str__(self) -> str:
        return f"{self.path.relative_to(ROOT)}:{self.line}: {self.what}"


def main(argv: list[str]) -> int:
    """Print the survivors and the shares; 1 if a unit's share of killed faults is below the limit."""
    options = argparse.ArgumentParser(prog="bench mutants", description=__doc__.split("\n")[0])
    options.add_argument("--each", type=int, default=60)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--units", nargs="+", default=list(TESTS), choices=list(TESTS))
    chosen = options.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="almanac-mutants-") as folder:
        home = Path(folder) / "project"
        copy_project(home)
        shares = [judge(home, unit, chosen.each, random.Random(chosen.seed)) for unit in chosen.units]
    missed = [share for share in shares if share < WANTED]
    print("FAIL: too many faults survive" if missed else "all limits are met")
    return int(bool(missed))


def judge(home: Path, unit: str, each: int, rng: random.Random) -> float:
    """Try a sample of the faults of one unit; the share that was killed."""
    if not passes(home, unit):
        raise SystemExit(f"the tests of {unit} fail as it is: mend that first")
    possible = [fault for path in sources(unit) for fault in faults(path)]
    tried = rng.sample(possible, min(each, len(possible)))
    killed = 0
    for fault in tried:
        place = home / fault.path.relative_to(ROOT)
        whole = place.read_text(encoding="utf-8")
        place.write_text(faulty(fault), encoding="utf-8")
        dead = not passes(home, unit)
        place.write_text(whole, encoding="utf-8")
        killed += dead
        if not dead:
            print(f"  survived: {fault}", flush=True)
    low, high = binomtest(killed, len(tried)).proportion_ci(method="wilson")
    print(f"{unit}: {killed} of {len(tried)} killed ({killed / len(tried):.1%}, {low:.1%} to {high:.1%}; of "
          f"{len(possible)} possible ones), wanted {WANTED:.0%}", flush=True)  # fmt: skip
    return killed / len(tried)


def copy_project(home: Path) -> None:
    """The project as it is, without what builds left; the record is linked."""
    shutil.copytree(ROOT, home, symlinks=True, ignore=shutil.ignore_patterns(".git", ".venv", ".*cache", "output*",
                    ".output*", "__pycache__", ".hypothesis", "incidents"))  # fmt: skip
    (home / "content/incidents").symlink_to(ROOT / "content/incidents")
    (home / ".venv").symlink_to(ROOT / ".venv")


def passes(home: Path, unit: str) -> bool:
    """True if all quick tests of a unit pass."""
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-m", "not slow and not browser"]
    command += [f"tests/{name}.py" for name in TESTS[unit] if (home / f"tests/{name}.py").exists()]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    try:
        done = subprocess.run(command, cwd=home, env=inherited | {"PYTHONDONTWRITEBYTECODE": "1"}, capture_output=True,
                              timeout=PATIENCE)  # fmt: skip
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0


def sources(unit: str) -> list[Path]:
    """The files of a unit."""
    package = ROOT / "plugins/almanac"
    return sorted((package / unit).rglob("*.py")) or [package / f"{unit}.py"]


def faults(path: Path) -> Iterator[Fault]:
    """Every fault that can be made in a file."""
    for number, node in enumerate(_nodes(ast.parse(path.read_text(encoding="utf-8")))):
        for variant, (what, _) in enumerate(_variants(node)):
            yield Fault(path, number, variant, getattr(node, "lineno", 0), what)


def faulty(fault: Fault) -> str:
    """The source of its file with the fault in it."""
    tree = ast.parse(fault.path.read_text(encoding="utf-8"))
    node = next(each for number, each in enumerate(_nodes(tree)) if number == fault.node)
    _, other = list(_variants(node))[fault.variant]
    return ast.unparse(ast.fix_missing_locations(_Exchange(node, other).visit(tree)))


class _Exchange(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def _nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes that do something: no docstrings, imports, annotations or decorators."""
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node) or _is_export(node):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _nodes(child)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_export(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """What can stand in the place of a node and be wrong, each with a word for it."""
    match node:
        case ast.Compare(ops=[op, *rest]) if type(op) in TURNED:
            turned = TURNED[type(op)]
            yield f"{_name(op)} → {turned.__name__}", ast.Compare(node.left, [turned(), *rest], node.comparators)
        case ast.BinOp(op=op) if type(op) in TURNED:
            yield f"{_name(op)} → {TURNED[type(op)].__name__}", ast.BinOp(node.left, TURNED[type(op)](), node.right)
        case ast.BoolOp(op=op):
            yield f"{_name(op)} → {TURNED[type(op)].__name__}", ast.BoolOp(TURNED[type(op)](), node.values)
        case ast.UnaryOp(op=ast.Not() | ast.USub()):
            yield f"without {_name(node.op)}", node.operand
        case ast.Constant():
            yield from _constants(node)
        case ast.If() | ast.IfExp() | ast.While():
            for truth in (True, False) if not isinstance(node, ast.While) else (False,):
                forced = copy.copy(node)
                forced.test = ast.Constant(truth)
                yield f"condition always {truth}", forced
        case ast.Return(value=value) if value is not None and not _is_none(value):
            yield "returns None", ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Yield() | ast.YieldFrom()) | ast.AugAssign() | ast.Raise():
            yield f"{ast.unparse(node)[:60]!r} left out", ast.Pass()
        case ast.Continue():
            yield "continue → break", ast.Break()
        case ast.Break():
            yield "break → continue", ast.Continue()


def _constants(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    match node.value:
        case bool(truth):
            yield f"{truth} → {not truth}", ast.Constant(not truth)
        case int(number) | float(number):
            yield f"{number} → {number + 1}", ast.Constant(number + 1)
        case str(text):
            yield f"{text[:40]!r} → {'XX' + text[:40]!r}", ast.Constant("XX" + text)
        case bytes(data):
            yield f"{data[:40]!r} → {b'XX' + data[:40]!r}", ast.Constant(b"XX" + data)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _name(node: ast.AST) -> str:
    return type(node).__name__


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
