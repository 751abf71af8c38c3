"""In a cell of several lines, every command of a lab shows what it did, as ``%manage`` does."""

from __future__ import annotations

import ast

from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display

from ..facts.step import Step

#: The name of ``show_step`` in a notebook: one that no person would choose.
NAME = "__miglab_show_step__"


def show_each(shell: InteractiveShell) -> None:
    """From now on the statements of a cell show the steps that they take; the notebook itself shows
    the last one."""
    shell.user_ns_hidden[NAME] = show_step
    shell.user_ns[NAME] = show_step
    shell.ast_transformers = [
        *(each for each in shell.ast_transformers if not isinstance(each, Statements)),
        Statements(),
    ]


def show_step(value: object) -> object:
    """Display a step. Leave everything else alone."""
    if isinstance(value, Step):
        display(value)  # type: ignore[no-untyped-call]
    return value


class Statements(ast.NodeTransformer):
    """Makes each statement that is a call pass its value to ``show_step``, in the cell and in its
    loops and branches. Functions and classes are left alone, and so is the last statement."""

    def visit_Module(self, node: ast.Module) -> ast.Module:
        *before, last = node.body or [ast.Pass()]
        shown_last = last if isinstance(last, ast.Expr) else self.visit(last)
        if node.body:
            node.body = [*(self.visit(each) for each in before), shown_last]
        return ast.fix_missing_locations(node)

    def visit_Expr(self, node: ast.Expr) -> ast.Expr:
        if isinstance(node.value, ast.Call):
            shown = ast.Call(ast.Name(NAME, ast.Load()), [node.value], [])
            node.value = ast.copy_location(shown, node.value)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return node

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return node

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return node
