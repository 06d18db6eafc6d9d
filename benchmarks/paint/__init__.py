"""How painted damage looks, how large it is, and whether its seams give it away."""
