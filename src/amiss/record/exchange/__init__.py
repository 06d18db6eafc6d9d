"""Data sets and other people's files into the record, and out of it again."""
