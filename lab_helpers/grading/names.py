"""Names: which ones a piece of a cell defines or changes, and which ones it uses."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from threading import Lock

_parsing = Lock()


def parsed(source: str) -> ast.Module:
    """What `ast.parse` gives and raises; to be used wherever several threads may parse."""
    # Python 3.11 counts an AST's depth for all threads together, and fails where they take turns:
    # https://github.com/python/cpython/issues/106905
    with _parsing:
        return ast.parse(source)


def statements(source: str) -> list[ast.stmt]:
    """The statements of `source`; none where it is not Python."""
    try:
        return parsed(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []


def used_names(code: str | ast.stmt) -> set[str]:
    """Every name that the code reads, at any depth, a decorator's and a default's among them."""
    return {
        node.id
        for statement in _statements_of(code)
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)
    }


def defined_names(code: str | ast.stmt) -> set[str]:
    """The names that the code binds, deletes or changes at the top, not those within its functions.

    `x.append(...)`, `x[...] = ...` and `x.y = ...` change x; a call that merely takes x does not.
    """
    return {name for statement in _statements_of(code) for node in _outside_functions(statement) for name in _of(node)}


def imported_names(source: str) -> set[str]:
    """The names that imports bind, at any depth."""
    nodes = (node for statement in statements(source) for node in ast.walk(statement))
    return {name for node in nodes if isinstance(node, ast.Import | ast.ImportFrom) for name in _of(node)}


def _statements_of(code: str | ast.stmt) -> list[ast.stmt]:
    return statements(code) if isinstance(code, str) else [code]


def _outside_functions(node: ast.AST) -> Iterator[ast.AST]:
    # A stack and no recursion: code may be nested deeper than Python calls.
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
            # What a comprehension binds lives and dies within it.
            children = ast.iter_child_nodes(node)
            stack += [child.iter if isinstance(child, ast.comprehension) else child for child in children]


def _of(node: ast.AST) -> set[str]:
    if isinstance(node, ast.Name):
        return set() if isinstance(node.ctx, ast.Load) else {node.id}
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, ast.Attribute | ast.Subscript) and not isinstance(node.ctx, ast.Load):
        return _base(node)
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Attribute):
        return _base(node.value.func)
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        return {node.name}
    return set()


def _base(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return {node.id} if isinstance(node, ast.Name) else set()
