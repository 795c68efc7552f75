"""Splitting a foreign test: what must be evaluated beside the student's code, and the test itself, which is not."""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field

from lab_helpers.grading.foreign_probe import VALUE
from lab_helpers.grading.names import defined_names, used_names
from lab_helpers.grading.steps import Line
from lab_helpers.i18n import Message, message

# The line and column at which the name stands that a chain begins with.
Place = tuple[int, int]
_COMPOUND = (ast.For, ast.While, ast.If, ast.With, ast.Try, ast.FunctionDef, ast.ClassDef, ast.Match)


class CannotSplit(Exception):
    """A test that needs the student's code and its own names at once. `why`: which, and where."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True)
class Hoist:
    """An expression that is evaluated beside the student's code.

    longer: the next longer one that begins at the same place, as a number of links; None for the longest. sets: the
    name that the test gives to exactly this value, "" for none. is_longer: whether it is not the shortest any more.
    """

    place: Place
    source: str
    longer: int | None
    sets: str
    is_longer: bool


@dataclass(frozen=True)
class Choices:
    """What is learnt of a test by running the solution.

    lengths: by place, how many links of a chain are evaluated together, where it is not the fewest. kept: names whose
    value cannot be brought out, so that everything done to it happens beside the student's code.
    """

    lengths: Mapping[Place, int] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Split:
    """A test in two parts.

    program: what runs beside the student's code. test: each statement as it runs elsewhere, with its place among the
    test's own statements. hoists: the expressions, by number.
    """

    program: tuple[Line, ...]
    test: tuple[tuple[int, str], ...]
    hoists: tuple[Hoist, ...]


def split(
    test: Sequence[ast.stmt], roots: Collection[str], earlier: Sequence[ast.stmt] = (), choices: Choices = Choices()
) -> Split:
    """Split a test's statements.

    A chain of calls, attributes and subscripts that begins with one of `roots`, the names that come from the student,
    is evaluated beside the student's code, as few links of it as `choices` says; all else stays in the test. earlier:
    statements of the tests before, whose names this one may use. Raises CannotSplit.
    """
    own = set[str]().union(*map(_set_names, test)) - choices.kept
    walkers = [_Walker(statement, frozenset(set(roots) - own | choices.kept), choices) for statement in test]
    hoists: list[Hoist] = []
    changed: list[ast.stmt] = []
    for walker in walkers:
        walker.first = len(hoists)
        changed.append(walker.statement())
        hoists += walker.hoists
    prior = [*earlier, *test]
    needed = set[int]()
    for place, walker in enumerate(walkers, start=len(earlier)):
        needed |= _needed(prior, place, walker, roots, len(earlier))
    program = [Line(ast.unparse(earlier[place])) for place in sorted(needed) if place < len(earlier)]
    kept_out = []
    for place, (walker, statement) in enumerate(zip(walkers, changed, strict=True), start=len(earlier)):
        for number, hoist in enumerate(walker.hoists, start=walker.first):
            program.append(Line(hoist.source, number, is_brought_out=hoist.sets not in choices.kept))
        is_there = walker.changes_students or any(hoist.sets in choices.kept for hoist in walker.hoists)
        if place in needed or is_there:
            program.append(Line(ast.unparse(statement)))
        kept_out += [is_there]
    texts = [(place, ast.unparse(statement)) for place, statement in enumerate(changed) if not kept_out[place]]
    return Split(tuple(program), tuple(texts), tuple(hoists))


class _Walker(ast.NodeTransformer):
    """One statement, with its chains taken out."""

    def __init__(self, statement: ast.stmt, roots: frozenset[str], choices: Choices) -> None:
        self._statement = statement
        self._roots = roots
        self._choices = choices
        self._inner = _bound_within(statement)
        self.first = 0
        self.hoists: list[Hoist] = []
        self.free: set[str] = set()
        self.changes_students = False

    def statement(self) -> ast.stmt:
        """The statement without its chains."""
        targets = _targets(self._statement)
        if targets and all(isinstance(target, ast.Attribute | ast.Subscript) for target in targets):
            chains = [_chain(target) for target in targets]
            self.changes_students = all(chain and chain[0].id in self._roots for chain in chains)  # pyright: ignore[reportAttributeAccessIssue]
        if self.changes_students:
            self.free = used_names(self._statement)
            return self._statement
        return self.visit(deepcopy(self._statement))

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return self._visited(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        return self._visited(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        return self._visited(node)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return self._visited(node)

    def _visited(self, node: ast.expr) -> ast.AST:
        chain = _chain(node)
        root = chain[0] if chain else None
        if not chain or not isinstance(root, ast.Name) or root.id not in self._roots:
            return self.generic_visit(node)
        if root.id in self._inner and root.id not in self._choices.kept:
            return self.generic_visit(node)
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            return node
        if not isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            raise CannotSplit(message("the test changes {code}", code=_short(node)))
        ends = _ends(chain)
        length = self._choices.lengths.get(_place(root), ends[0])
        last = next((end for end in ends if end >= length), ends[-1])
        return self._rest(chain, last, self._hoisted(chain, last, ends))

    def _hoisted(self, chain: list[ast.expr], last: int, ends: list[int]) -> ast.expr:
        taken = chain[last]
        free = used_names(ast.Expr(taken)) - _bound_within(ast.Expr(taken))
        if loops := sorted(free & self._inner - {chain[0].id}):  # pyright: ignore[reportAttributeAccessIssue]
            raise CannotSplit(
                message("{code} uses {name}, which the test sets around it", code=_short(taken), name=loops[0])
            )
        self.free |= free
        longer = next((end for end in ends if end > last), None)
        value = getattr(self._statement, "value", None)
        targets = _targets(self._statement)
        is_all = isinstance(self._statement, ast.Assign) and value is not None and _same(value, taken)
        sets = targets[0].id if is_all and len(targets) == 1 and isinstance(targets[0], ast.Name) else ""
        number = self.first + len(self.hoists)
        self.hoists.append(Hoist(_place(chain[0]), ast.unparse(taken), longer, sets, last > ends[0]))
        return ast.Call(ast.Name(VALUE, ast.Load()), [ast.Constant(number)], [])

    def _rest(self, chain: list[ast.expr], last: int, value: ast.expr) -> ast.expr:
        for link in chain[last + 1 :]:
            if isinstance(link, ast.Call):
                link.func = value
                link.args = [self.visit(argument) for argument in link.args]
                link.keywords = [self.visit(keyword) for keyword in link.keywords]
            elif isinstance(link, ast.Subscript):
                link.value, link.slice = value, self.visit(link.slice)
            elif isinstance(link, ast.Attribute):
                link.value = value
            value = link
        return value


def _chain(node: ast.expr) -> list[ast.expr]:
    """The links of a chain, from the name at its beginning to `node`; empty where it begins with anything else."""
    links = [node]
    while not isinstance(links[-1], ast.Name):
        last = links[-1]
        if isinstance(last, ast.Call):
            links.append(last.func)
        elif isinstance(last, ast.Attribute | ast.Subscript):
            links.append(last.value)
        else:
            return []
    return links[::-1]


def _ends(chain: Sequence[ast.expr]) -> list[int]:
    """Where a chain may be cut: not between a function and its call."""
    last = len(chain) - 1
    return [place for place in range(last + 1) if place == last or not isinstance(chain[place + 1], ast.Call)]


def _place(name: ast.expr) -> Place:
    return name.lineno, name.col_offset


def _targets(statement: ast.stmt) -> list[ast.expr]:
    if isinstance(statement, ast.Assign):
        return list(statement.targets)
    return [statement.target] if isinstance(statement, ast.AugAssign | ast.AnnAssign) else []


def _set_names(statement: ast.stmt) -> set[str]:
    """The names that a statement of the test sets itself; `x.append(1)` sets none."""
    changed = _base_names(statement)
    stored = {node.id for node in ast.walk(statement) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return {name for name in defined_names(statement) if name not in changed or name in stored}


def _base_names(statement: ast.stmt) -> set[str]:
    nodes = (node for node in ast.walk(statement) if isinstance(node, ast.Attribute | ast.Subscript))
    return {chain[0].id for node in nodes if (chain := _chain(node)) and isinstance(chain[0], ast.Name)}


def _bound_within(statement: ast.stmt) -> set[str]:
    """The names that are bound inside a statement, so that an expression in it may depend on when it is evaluated."""
    simple = {id(target) for target in _targets(statement)}
    if isinstance(statement, _COMPOUND):
        simple = set()
    return {name for node in ast.walk(statement) if id(node) not in simple for name in _binds(node)}


def _binds(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
        yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
        yield node.name


def _needed(prior: Sequence[ast.stmt], place: int, walker: _Walker, roots: Collection[str], n_earlier: int) -> set[int]:
    """Which of the statements before set what a statement's chains use; they run beside the student's code, too."""
    # What is done to the student's own was done to it where it was asked for.
    students = set(roots) - set[str]().union(*map(_set_names, prior))
    wanted, found = walker.free - students, set[int]()
    for number in reversed(range(place)):
        statement = prior[number]
        if not defined_names(statement) & wanted:
            continue
        _require_harmless(statement, wanted)
        if number < n_earlier and used_names(statement) & set(roots):
            raise CannotSplit(message("it uses what an earlier test made of the student's code"))
        found.add(number)
        wanted |= used_names(statement) - students
    return found


def _require_harmless(statement: ast.stmt, wanted: Collection[str]) -> None:
    """Raises CannotSplit for a statement that would carry a verdict, or an expected value, to the student's code."""
    if any(isinstance(node, ast.Assert | ast.Raise) for node in ast.walk(statement)):
        raise CannotSplit(message("{code} sets a name and asserts something", code=_short(statement)))
    several = any(isinstance(target, ast.Tuple | ast.List) for target in _targets(statement))
    if several and not defined_names(statement) <= set(wanted):
        raise CannotSplit(message("{code} sets several names at once", code=_short(statement)))


def _same(one: ast.expr, other: ast.expr) -> bool:
    return (one.lineno, one.col_offset, one.end_lineno, one.end_col_offset) == (
        other.lineno,
        other.col_offset,
        other.end_lineno,
        other.end_col_offset,
    )


def _short(node: ast.AST) -> str:
    return ast.unparse(node)[:80]


def names_of(program: Iterable[Line], known: Collection[str]) -> tuple[str, ...]:
    """Those of `known` that a program uses."""
    return tuple(sorted(set().union(*(used_names(line.source) for line in program)) & set(known)))
