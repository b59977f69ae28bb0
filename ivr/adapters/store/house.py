"""What is set for the whole house, and one number that tells whether any of it has changed.

Notices on the air, groups opened or closed by hand and the directory are asked for by every turn of every call and
changed a few times a day. Triggers count each change, whoever makes it, so that a process need read them again only when
the number is another one.
"""

from sqlalchemy import BigInteger, CheckConstraint, Column, Connection, SmallInteger, Table, select

from ivr.adapters.store.base import metadata

house = Table(
    "house",
    metadata,
    Column("id", SmallInteger, primary_key=True, autoincrement=False, server_default="1"),
    Column("revision", BigInteger, nullable=False, server_default="0"),
    CheckConstraint("id = 1", name="one_row"),
)


def revision(db: Connection) -> int:
    """The number of changes so far; 0 while there has been none."""
    return db.execute(select(house.c.revision)).scalar_one_or_none() or 0
