"""How fast this machine simulates captures."""
