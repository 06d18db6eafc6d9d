"""Light to pixels: path-traced, or fast."""
