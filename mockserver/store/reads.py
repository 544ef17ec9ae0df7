"""Reads that nearly every call makes: written with SQLAlchemy, compiled once, run on the driver itself.

Such a read takes some ten microseconds, and to run it through SQLAlchemy takes longer than that again. It is for
columns whose database values are already what Python wants (texts, whole numbers).

What was read is remembered for as long as nothing is written: the pages of one list ask for the same count each time.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Select

_REMEMBERED = 256
_MEMORY = "reads"


class Read:
    """A select with named parameters, ready to be run many times."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._compiled: dict[str, tuple[str, list[str] | None, Mapping[str, Any]]] = {}

    def rows(self, db: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        sql, order, fixed = self._compiled.get(db.dialect.name) or self._compile(db)
        given = {**fixed, **values}
        if order is None:
            return _run(db, sql, given)
        arguments = tuple(map(given.__getitem__, order))
        memory = _memory(db)
        found = memory.get((sql, arguments))
        if found is None:
            found = memory[sql, arguments] = _run(db, sql, arguments)
        return found

    def _compile(self, db: Connection) -> tuple[str, list[str] | None, Mapping[str, Any]]:
        made = self._statement.compile(dialect=db.dialect)
        order = getattr(made, "positiontup", None)
        fixed = {name: value for name, value in made.params.items() if value is not None}
        self._compiled[db.dialect.name] = (str(made), order, fixed)
        return self._compiled[db.dialect.name]


def _run(db: Connection, sql: str, arguments: Any) -> list[tuple[Any, ...]]:
    cursor = db.connection.cursor()
    try:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())
    finally:
        cursor.close()


def forget(db: Connection) -> None:
    """What was read since the last write; after a rollback, as that may be what never was."""
    db.info.pop(_MEMORY, None)


def _memory(db: Connection) -> dict[Any, list[tuple[Any, ...]]]:
    """What this connection read since its last write; SQLite counts every row that it ever wrote on it."""
    pooled = db.connection
    raw: Any = pooled.driver_connection
    kept = pooled.info.get(_MEMORY)
    if kept is None or kept[0] != raw.total_changes or len(kept[1]) > _REMEMBERED:
        kept = pooled.info[_MEMORY] = (raw.total_changes, {})
    memory: dict[Any, list[tuple[Any, ...]]] = kept[1]
    return memory
