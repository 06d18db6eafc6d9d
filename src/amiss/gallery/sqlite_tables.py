"""The tables of a gallery's database: what each holds stands in `amiss.gallery.sqlite`."""

FORMAT = 3
"""Raised with every change of the tables, or of what is in their columns."""

TABLES = """
CREATE TABLE passport (format INTEGER NOT NULL, bundle TEXT NOT NULL, created TEXT NOT NULL);
CREATE TABLE changes (
    revision INTEGER PRIMARY KEY, action TEXT NOT NULL, product TEXT NOT NULL,
    digest TEXT NOT NULL, name TEXT NOT NULL, time TEXT NOT NULL, undoes INTEGER
) STRICT;
CREATE TABLE there (
    product TEXT NOT NULL, digest TEXT NOT NULL, since INTEGER NOT NULL REFERENCES changes,
    PRIMARY KEY (product, digest)
) STRICT, WITHOUT ROWID;
CREATE TABLE steps (
    revision INTEGER PRIMARY KEY REFERENCES changes, added INTEGER NOT NULL REFERENCES changes
) STRICT;
CREATE TABLE files (
    product TEXT NOT NULL, digest TEXT NOT NULL, embedding BLOB, reference BLOB NOT NULL,
    marks BLOB, picture BLOB, PRIMARY KEY (product, digest)
) STRICT;
CREATE INDEX changes_of ON changes (product, digest);
CREATE TABLE cards (
    product TEXT NOT NULL, since INTEGER NOT NULL REFERENCES changes, card BLOB NOT NULL,
    PRIMARY KEY (product, since)
) STRICT, WITHOUT ROWID;
CREATE TABLE codes (
    code TEXT NOT NULL, product TEXT NOT NULL, PRIMARY KEY (code, product)
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_of ON codes (product);
"""
