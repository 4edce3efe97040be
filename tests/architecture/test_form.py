from __future__ import annotations

import ast

from tests.architecture.source import functions, length_of, modules

LONGEST = 40  # lines
DRAWERS = {"utils", "helpers", "common", "misc", "manager"}


class TestModules:
    def test_none_is_a_junk_drawer(self) -> None:
        drawers = [
            module.name
            for module in modules()
            if DRAWERS & {part.removesuffix(".py").strip("_") for part in module.path.parts[-2:]}
        ]

        assert drawers == []

    def test_each_says_what_it_is(self) -> None:
        silent = [module.name for module in modules() if not ast.get_docstring(module.tree)]

        assert silent == []


class TestFunctions:
    def test_none_is_over_forty_lines(self) -> None:
        long = [
            f"{module.name}:{function.lineno} {function.name}: {length_of(function)} lines"
            for module in modules()
            for function in functions(module)
            if length_of(function) > LONGEST
        ]

        assert long == []

    def test_a_docstring_does_not_count(self) -> None:
        tree = ast.parse('def f():\n    """One.\n\n    Two.\n    """\n    return 1\n')
        function = tree.body[0]

        assert isinstance(function, ast.FunctionDef)
        assert length_of(function) == 2
