"""The models: one class for each table, and Core statements over their tables in queries and actions."""

import ast
from pathlib import Path

from sqlalchemy.orm import configure_mappers

from app import models
from app.db.base import metadata

APP = Path(__file__).resolve().parents[1] / "app"
CLASSES = [getattr(models, name) for name in models.__all__ if name != "Base"]


def test_models_map_every_table_once_and_are_all_exported() -> None:
    mapped = [each.__tablename__ for each in CLASSES]
    assert sorted(mapped) == sorted(metadata.tables)
    assert {each.class_ for each in models.Base.registry.mappers} == set(CLASSES)


def test_models_are_configured_without_error() -> None:
    configure_mappers()


def test_model_relationships_are_read_only() -> None:
    writable = [
        f"{mapper.class_.__name__}.{each.key}"
        for mapper in models.Base.registry.mappers
        for each in mapper.relationships
        if not each.viewonly
    ]
    assert writable == []


def test_queries_and_actions_import_tables_and_no_model_class() -> None:
    mapped = {each.__name__ for each in CLASSES}
    found = [
        f"{path.relative_to(APP)}: {alias.name}"
        for path in APP.rglob("*.py")
        if not path.is_relative_to(APP / "models")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("app.models")
        for alias in node.names
        if alias.name in mapped
    ]
    assert found == []
