"""Data sets on disk: readers and splits; no torch."""
