"""The words of clients' names, by which they are found."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKeyConstraint, Table

from storage.schema.columns import Key, folded, installation_id, metadata

# Names for the look-up: each word of a name. Of each distinct word every second ending, among which a part inside it
# is a beginning, and by which a long word is found with a typo in its first half; of short words the forms with one
# letter left out (SymSpell's idea). Plain B-trees, the same on both databases, with as few rows as will do: these are
# most of what the import of a client costs. They come and go only through `storage.name_index`, hence no foreign keys.
word = Table(
    "word",
    metadata,
    installation_id(primary_key=True),
    Column("word", folded(64), primary_key=True),
    ForeignKeyConstraint(["installation_id"], ["installation.id"], ondelete="CASCADE"),
    sqlite_with_rowid=False,
)

client_word = Table(
    "client_word",
    metadata,
    installation_id(primary_key=True),
    Column("word", folded(64), primary_key=True),
    Column("client_id", Key, primary_key=True),
    sqlite_with_rowid=False,
)

word_form = Table(
    "word_form",
    metadata,
    installation_id(primary_key=True),
    Column("form", folded(64), primary_key=True),
    Column("word", folded(64), primary_key=True),
    sqlite_with_rowid=False,
)

word_ending = Table(
    "word_ending",
    metadata,
    installation_id(primary_key=True),
    Column("ending", folded(64), primary_key=True),
    Column("word", folded(64), primary_key=True),
    sqlite_with_rowid=False,
)
