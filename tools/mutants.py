"""One-place changes of a Python source: each a mistake that someone could make."""

import ast
import copy
from collections.abc import Iterator
from dataclasses import dataclass

OPPOSITES: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
}


@dataclass(frozen=True)
class Mutant:
    """A whole source with one change, and what changed for the reader of a report."""

    source: str
    line: int
    before: str
    after: str


def mutants(source: str) -> Iterator[Mutant]:
    """Every change this module knows; each result parses."""
    tree = ast.parse(source)
    for place, node in enumerate(ast.walk(tree)):
        for number, changed in enumerate(changes(node)):
            mutated = copy.deepcopy(tree)
            original = next(found for index, found in enumerate(ast.walk(mutated)) if index == place)
            replacement = list(changes(original))[number]
            Replace(original, replacement).visit(mutated)
            yield Mutant(ast.unparse(mutated), getattr(node, "lineno", 0), ast.unparse(node), ast.unparse(changed))


class Replace(ast.NodeTransformer):
    """Puts one node in the place of another."""

    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self.old, self.new = old, new

    def visit(self, node: ast.AST) -> ast.AST:
        return self.new if node is self.old else self.generic_visit(node)


def changes(node: ast.AST) -> Iterator[ast.AST]:
    """What one node could have been by mistake."""
    match node:
        case ast.Compare(left=left, ops=[op, *rest], comparators=comparators) if type(op) in OPPOSITES:
            yield ast.Compare(left, [OPPOSITES[type(op)](), *rest], comparators)  # type: ignore[list-item]
        case ast.BoolOp(op=op, values=values):
            yield ast.BoolOp(OPPOSITES[type(op)](), values)  # type: ignore[arg-type]
        case ast.BinOp(left=left, op=ast.Add() | ast.Sub() as op, right=right):
            yield ast.BinOp(left, OPPOSITES[type(op)](), right)  # type: ignore[arg-type]
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield operand
        case ast.Constant(value=bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(value=int() as value):
            yield ast.Constant(value + 1)
        case ast.If(test=test, body=body, orelse=orelse):
            yield ast.If(ast.UnaryOp(ast.Not(), test), body, orelse)
        case ast.Return(value=ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield ast.Return(ast.Constant(None))
        case ast.Expr(value=ast.Call() | ast.Await()) | ast.Raise():
            yield ast.Pass()
