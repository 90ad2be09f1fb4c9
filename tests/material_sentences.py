"""Every sentence that the check of material can say, found in the code, so that a new one cannot be forgotten."""

import ast
from pathlib import Path

import kapabla.material

FOLDER = Path(kapabla.material.__file__).parent


def all_sentences() -> set[str]:
    """Templates of `say`, and sentences without a gap: what ends with a full stop and is no docstring."""
    return {text for path in sorted(FOLDER.rglob("*.py")) for text in _in(ast.parse(path.read_text("utf-8")))}


def _in(tree: ast.AST) -> set[str]:
    silent = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in silent)
    return {c.value for c in constants if isinstance(c.value, str) and c.value.endswith(".") and " " in c.value}
