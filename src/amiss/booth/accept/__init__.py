"""Acceptance of a booth: measured once it is built, and again after each change to it."""
