"""Counts that reports read, made from the inspections that are there.

Revision: 2
"""

from typing import Any

from alembic import op
from alembic.util.exc import CommandError
from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Text

from amiss.record.counts import recount

revision = "2"
down_revision = "1"
branch_labels = None
depends_on = None

_KEYS = ("grain", "period", "step", "product", "what")


def upgrade() -> None:
    """Makes them, and counts."""
    op.create_table("counts", *_counted(), PrimaryKeyConstraint(*_KEYS))
    op.create_table(
        "tallies",
        Column("deleting", BigInteger, nullable=False, autoincrement=False),
        *_counted(),
        Column("entry", BigInteger, nullable=False),
        Column("digest", Text, nullable=False),
        PrimaryKeyConstraint("deleting", *_KEYS),
    )
    op.create_index("tallies_entry", "tallies", ["entry"])
    recount(op.get_bind())


def downgrade() -> None:
    """Takes them away, unless deleted inspections are counted nowhere else."""
    if op.get_bind().exec_driver_sql("SELECT count(*) FROM tallies").scalar():
        raise CommandError("what was deleted would not be counted any more")
    op.drop_table("tallies")
    op.drop_table("counts")


def _counted() -> tuple[Column[Any], ...]:
    keys = (Column(name, Text, nullable=False) for name in _KEYS)
    return (*keys, Column("n", BigInteger, nullable=False))
