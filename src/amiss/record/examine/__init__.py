"""Finds what was altered, lost or damaged in a record, and names it."""
