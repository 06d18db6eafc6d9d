"""How fast and how exactly the index of a gallery finds products, up to a million references."""
