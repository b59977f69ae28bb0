"""The one catalogue of tables, and the column types that every subject shares.

Rows are locked `FOR NO KEY UPDATE` (`with_for_update(key_share=True)`), since no key is ever changed: whoever writes a row
that refers to a locked one does not wait then. The matcher does so holding an entry and without the contact's lock; under
`FOR UPDATE` it would wait for a turn that holds the contact and wants the entry.
"""

from sqlalchemy import DateTime, MetaData, Uuid

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

Id = Uuid(as_uuid=False)
"""Ids are UUIDs of version 7 (RFC 9562), made by the program so that a repeated operation writes the same ones."""

Moment = DateTime(timezone=True)

ROOM_FOR_THE_NEXT_TURN = 70
"""Percent of a page that new rows fill, in the tables that every turn of a call writes."""
