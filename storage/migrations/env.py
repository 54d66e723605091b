"""What Alembic runs: the connection comes from `storage.migrate`, already in its transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from storage import schema

# Types by the names that `script.py.mako` gives them, so that a revision never changes with the models.
_TYPES = ((schema.UtcDateTime, "MOMENT"), (schema.Document, "DOCUMENT"), (schema.Key, "KEY"), (schema.Money, "MONEY"))


def _render(kind: str, item: Any, _: AutogenContext) -> str | Literal[False]:
    if kind != "type":
        return False
    return next((name for type_, name in _TYPES if item is type_ or item.__class__ is type_), False)


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=schema.metadata,
    render_as_batch=context.config.attributes.get("alters", True),  # SQLite alters a table by copying it
    transactional_ddl=True,
    render_item=_render,
)
with context.begin_transaction():
    context.run_migrations()
