"""What all tables of the service share: how keys and indexes are called, and columns that many have."""

from __future__ import annotations

import sqlalchemy as sa

CONVENTION = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = sa.MetaData(naming_convention=CONVENTION)
Moment = sa.DateTime(timezone=True)


def text_column(name: str, **kwargs: object) -> sa.Column[str]:
    """A column of text that is empty unless something is said."""
    return sa.Column(name, sa.Text, nullable=False, server_default="", **kwargs)  # type: ignore[arg-type]  # passed on


def programme_column() -> sa.Column[str]:
    """The programme that a row is of."""
    return sa.Column("programme_id", sa.ForeignKey("programmes.id"), nullable=False)
