"""The package's modules, parsed but not imported."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import django_activejob

PACKAGE = Path(str(django_activejob.__file__)).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Module:
    """A file of the package."""

    path: Path
    tree: ast.Module

    @property
    def name(self) -> str:
        """The path within the package."""
        return str(self.path.relative_to(PACKAGE))


def modules() -> Iterator[Module]:
    """Every module but the migrations, whose form is Django's."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield Module(path=path, tree=ast.parse(path.read_text("utf-8"), str(path)))


def functions(module: Module) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    """Every function and method of a module, the nested ones too."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def length_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The lines of a function without its decorators and its docstring."""
    lines = (function.end_lineno or function.lineno) - function.lineno + 1
    if ast.get_docstring(function) is None:
        return lines
    docstring = function.body[0]
    return lines - ((docstring.end_lineno or docstring.lineno) - docstring.lineno + 1)
