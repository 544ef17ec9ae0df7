"""Pages of a list: how many rows match, and those of them that were asked for."""

from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Select, func, select


def page(
    db: Connection, rows: Select[Any], order: Column[Any], *, offset: int = 0, limit: int | None = None
) -> tuple[int, list[tuple[Any, ...]]]:
    """The count of all rows, and those from the ``offset``-th on in ``order``, oldest first."""
    count = db.execute(select(func.count()).select_from(rows.subquery())).scalar_one()
    if count <= offset:
        return count, []
    return count, [tuple(row) for row in db.execute(rows.order_by(order).offset(offset).limit(limit))]


def between(column: ColumnElement[Any], since: Any, until: Any) -> list[ColumnElement[bool]]:
    """Later than ``since`` and earlier than ``until``, neither included, where they are given."""
    return [
        *([column > since] if since is not None else ()),
        *([column < until] if until is not None else ()),
    ]


def equal(*pairs: tuple[ColumnElement[Any], Any]) -> list[ColumnElement[bool]]:
    """Each column as given; None is no filter."""
    return [column == wanted for column, wanted in pairs if wanted is not None]
