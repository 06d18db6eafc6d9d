"""Damage painted onto photographs of sound items: everybody has those, nobody has the other kind.

A photograph goes through here once:

- `outline`: which pixels are the item.
- `photo`: what the photograph itself says: its light, its sharpness, its noise.
- `window`: a part of it, enlarged, in which a recipe works.
- `crush`, `tear`, `hole`, …: the recipes, at least two families of each type.
- `finish`: what painted and untouched pictures alike go through at the end.
- `paint`: the one call over all of it.
"""
