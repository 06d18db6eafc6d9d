"""Which product an item is: cues, each of its own, and what they say together."""
