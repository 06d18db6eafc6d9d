"""Data sets as other people lay them out, read into the same records as our own."""
