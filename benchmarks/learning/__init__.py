"""What the damage model learns from more items, and from hardly any damaged ones."""
