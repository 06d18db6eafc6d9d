"""Damage painted onto photographs taken by hand, beside references taken elsewhere."""
