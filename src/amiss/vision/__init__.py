"""Pixels to features: safe decode, isolate the item, the encoder and its engines."""
