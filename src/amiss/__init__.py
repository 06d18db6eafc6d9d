"""Amiss: detects damaged products in warehouses."""
