"""The small faults that can be made in a file: a comparison turned, a constant moved, a condition forced, and so on."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

TURNED: dict[type[ast.AST], Any] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.FloorDiv,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.BitAnd: ast.BitOr,
    ast.BitOr: ast.BitAnd,
}


class Fault(NamedTuple):
    """One change of one file: of the node with this number, the variant with that one."""

    path: Path
    node: int
    variant: int
    line: int
    lines: range  # of the statement it is in, to ask which tests come by; none of what runs with the import
    what: str


def faults(path: Path) -> Iterator[Fault]:
    """Every fault that can be made in a file."""
    for number, (node, lines) in enumerate(_nodes(ast.parse(path.read_text(encoding="utf-8")))):
        for variant, (what, _) in enumerate(_variants(node)):
            yield Fault(path, number, variant, getattr(node, "lineno", 0), lines, what)


def faulty(fault: Fault) -> str:
    """Return the source of its file with the fault in it."""
    tree = ast.parse(fault.path.read_text(encoding="utf-8"))
    node = next(each for number, (each, _) in enumerate(_nodes(tree)) if number == fault.node)
    _, other = list(_variants(node))[fault.variant]
    return ast.unparse(ast.fix_missing_locations(_Exchange(node, other).visit(tree)))


class _Exchange(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old, self._new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self._new, node) if node is self._old else self.generic_visit(node)


def _nodes(node: ast.AST, lines: range = range(0), within: bool = False) -> Iterator[tuple[ast.AST, range]]:
    """All nodes that do something (no docstrings, imports, annotations, decorators), with their statement's lines."""
    if isinstance(node, ast.Import | ast.ImportFrom) or _is_docstring(node) or _is_export(node):
        return
    lines = _lines(node) if within and isinstance(node, ast.stmt) else lines
    yield node, lines
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "decorator_list"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    inside = isinstance(node, ast.FunctionDef) and isinstance(child, ast.stmt)
                    yield from _nodes(child, lines, within or inside)


def _lines(statement: ast.stmt) -> range:
    """Return the lines of a statement; of one with a body only those above that."""
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if body else statement.end_lineno or 0
    return range(statement.lineno, max(last, statement.lineno) + 1)


def _is_docstring(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _is_export(node: ast.AST) -> bool:
    return isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "__all__"


def _variants(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield what can stand in the place of a node and be wrong, each with a word for it."""
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
        case ast.Return(value=value) if value is not None and not _is_nothing(value):
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


def _is_nothing(node: ast.AST) -> bool:
    """Return True for None, and for False, which None would not differ from."""
    return isinstance(node, ast.Constant) and (node.value is None or node.value is False)


def _name(node: ast.AST) -> str:
    return type(node).__name__
