"""Small changes of a module's syntax tree, each a plausible slip. Texts, types, assertions and refusals stay as they are."""

from __future__ import annotations

import ast
import copy
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from types import CodeType
from typing import Any

SWAPPED: dict[type, type] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.And: ast.Or, ast.Or: ast.And, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
NAMES = {"minimum": "maximum", "maximum": "minimum", "min": "max", "max": "min", "any": "all", "all": "any"}
SIDES = {"left": "right", "right": "left"}
ARRAYS = {"Mask": ast.Invert, "bool": ast.Not, "Instants": ast.USub, "Rows": ast.USub, "AnyArray": ast.USub}
"""Annotated results, and what negates them."""
UNTOUCHED = {"nbytes"}
"""Functions that only tell a cache what something costs."""
GUARDS = {"strict", "copy"}
"""Arguments that make no other result of a right program."""


_Change = Callable[[], Callable[[], None]]
"""Makes a change in the tree, and gives what takes it back."""


@dataclass(frozen=True, eq=False)
class Mutant:
    """One change. `id` is `module.function#statement before => after`, the same as long as the statement stands;
    `lines` are those of the changed statement's own text; `always` says that it runs as the module is imported."""

    id: str
    module: str
    statement: str
    lines: range
    always: bool
    tree: ast.Module
    change: _Change

    def code(self) -> CodeType:
        """The changed module, compiled."""
        undo = self.change()
        try:
            return compile(
                ast.fix_missing_locations(self.tree), f"<mutant of {self.module}>", "exec", dont_inherit=True
            )
        finally:
            undo()


def mutants(module: str, text: str) -> list[Mutant]:
    """Every mutant of a module, in the order of its text."""
    tree = ast.parse(text)
    found: list[Mutant] = []
    seen: Counter[str] = Counter()
    for place in _places(tree):
        for before, after, change in _changes(place.node, place.returns):
            statement = ast.unparse(_head(place.statement))
            name = f"{module}{place.function}#{sha256(statement.encode()).hexdigest()[:4]} {before} => {after}"
            seen[name] += 1
            if seen[name] > 1:
                name += f" ({seen[name]})"
            lines = range(place.statement.lineno, _last_line(place.statement) + 1)
            always = place.at_import or not place.function
            found.append(Mutant(name, module, statement, lines, always, tree, change))
    return found


@dataclass(frozen=True)
class _Place:
    node: ast.AST
    statement: ast.stmt
    function: str
    at_import: bool
    returns: str
    """The annotated result of the function, by name."""


def _places(tree: ast.Module) -> Iterator[_Place]:
    """Every node that may be changed, with its statement and function."""

    def statements(body: list[ast.stmt], function: str, at_import: bool, returns: str) -> Iterator[_Place]:
        for number, one in enumerate(body):
            if isinstance(one, ast.Assert | ast.Raise | ast.Import | ast.ImportFrom):
                continue
            if number == 0 and isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant):
                continue  # a docstring
            if isinstance(one, ast.FunctionDef):
                if one.name in UNTOUCHED:
                    continue
                name = f"{function}.{one.name}"
                yield from inside(one.args, one, name, True, "")
                result = one.returns.id if isinstance(one.returns, ast.Name) else ""
                yield from statements(one.body, name, False, result)
            elif isinstance(one, ast.ClassDef):
                yield from statements(one.body, f"{function}.{one.name}", True, "")
            else:
                yield from inside(one, one, function, at_import, returns)

    def inside(node: ast.AST, statement: ast.stmt, function: str, at_import: bool, returns: str) -> Iterator[_Place]:
        yield _Place(node, statement, function, at_import, returns)
        if _is_negative(node):
            return
        for name, value in ast.iter_fields(node):
            if name in ("annotation", "returns") or isinstance(node, ast.JoinedStr):
                continue
            if isinstance(node, ast.keyword) and node.arg in GUARDS:
                continue
            if isinstance(value, list) and value and isinstance(value[0], ast.stmt):
                yield from statements(value, function, at_import, returns)
                continue
            for child in value if isinstance(value, list) else [value]:
                if _asks_type(node) and name == "args" and child is not value[0]:
                    continue
                if isinstance(child, ast.match_case | ast.ExceptHandler):
                    yield from statements(child.body, function, at_import, returns)
                    if isinstance(child, ast.match_case) and child.guard is not None:
                        yield from inside(child.guard, statement, function, at_import, returns)
                elif isinstance(child, ast.AST):
                    yield from inside(child, statement, function, at_import, returns)

    return statements(tree.body, "", True, "")


def _is_negative(node: ast.AST) -> bool:
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant)


def _asks_type(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"


def _head(statement: ast.stmt) -> ast.AST:
    """The statement without the block below it."""
    bare = copy.copy(statement)
    for name in ("body", "orelse", "handlers", "finalbody", "cases"):
        if hasattr(bare, name):
            setattr(bare, name, [] if name != "body" else [ast.Pass()])
    return bare


def _last_line(statement: ast.stmt) -> int:
    """The last line before the block below it."""
    blocks = [block for name in ("body", "handlers", "cases") for block in getattr(statement, name, [])[:1]]
    lines = [block.pattern.lineno if isinstance(block, ast.match_case) else block.lineno for block in blocks]
    return max(statement.lineno, min(lines) - 1) if lines else statement.end_lineno or statement.lineno


def _set(node: Any, name: str, value: Any) -> _Change:
    def change() -> Callable[[], None]:
        old = getattr(node, name)
        setattr(node, name, value)
        return lambda: setattr(node, name, old)

    return change


def _become(node: Any, other: ast.AST) -> _Change:
    """Let a node be another one in place."""

    def change() -> Callable[[], None]:
        kept, kind = dict(node.__dict__), node.__class__
        node.__class__ = other.__class__
        node.__dict__.update(other.__dict__)

        def undo() -> None:
            node.__class__ = kind
            node.__dict__.clear()
            node.__dict__.update(kept)

        return undo

    return change


def _changes(node: Any, returns: str) -> Iterator[tuple[str, str, _Change]]:
    """The changes of one node: its text before and after, and how to make it."""
    for change in _raw(node, returns):
        before = ast.unparse(node)
        undo = change()
        after = ast.unparse(ast.fix_missing_locations(node))
        undo()
        if before != after:
            yield _short(before), _short(after), change


def _short(text: str) -> str:
    return " ".join(text.split())


def _raw(node: Any, returns: str) -> Iterator[_Change]:
    match node:
        case ast.Compare(ops=ops):
            for place, op in enumerate(ops):
                if type(op) in SWAPPED:
                    yield _set(node, "ops", [*ops[:place], SWAPPED[type(op)](), *ops[place + 1 :]])
        case ast.BinOp(op=op) | ast.BoolOp(op=op) | ast.AugAssign(op=op) if type(op) in SWAPPED:
            if not _is_text(node) and not _tells_types(node):
                yield _set(node, "op", SWAPPED[type(op)]())
        case ast.UnaryOp(op=ast.Not() | ast.Invert(), operand=operand):
            yield _become(node, operand)
        case ast.Constant(value=bool() as value):
            yield _set(node, "value", not value)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)):
            yield _become(node, ast.Constant(1 - value))
        case ast.Constant(value=int() as value):
            yield _set(node, "value", value + 1)
        case ast.Constant(value=str() as value) if value in SIDES:
            yield _set(node, "value", SIDES[value])
        case ast.Attribute(attr=name) if name in NAMES:
            yield _set(node, "attr", NAMES[name])
        case ast.Name(id=name) if name in NAMES:
            yield _set(node, "id", NAMES[name])
        case ast.Call(func=ast.Attribute(attr="where"), args=[condition, one, other]):
            yield _set(node, "args", [condition, other, one])
        case ast.Return(value=ast.expr() as value) if returns in ARRAYS:
            yield _set(node, "value", ast.UnaryOp(ARRAYS[returns](), value))
    if isinstance(node, ast.Continue | ast.Break) or _is_effect(node):
        yield _become(node, ast.Pass())


def _is_text(node: Any) -> bool:
    """Whether a sum is one of texts or lists."""
    parts = (
        (node.value,) if isinstance(node, ast.AugAssign) else getattr(node, "values", None) or (node.left, node.right)
    )
    return any(
        isinstance(part, ast.JoinedStr | ast.List | ast.Tuple)
        or (isinstance(part, ast.Constant) and isinstance(part.value, str))
        for part in parts
    )


def _tells_types(node: Any) -> bool:
    """Whether it only says that several things are there, or are not, which go together: what type checkers ask for."""
    return isinstance(node, ast.BoolOp) and all(
        isinstance(one, ast.Compare) and isinstance(one.ops[0], ast.Is | ast.IsNot) for one in node.values
    )


def _is_effect(node: Any) -> bool:
    """A statement without which the next ones still have their names."""
    if isinstance(node, ast.Expr):
        return isinstance(node.value, ast.Call)
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    return isinstance(node, ast.AugAssign) or (
        bool(targets) and all(isinstance(one, ast.Subscript | ast.Attribute) for one in targets)
    )
