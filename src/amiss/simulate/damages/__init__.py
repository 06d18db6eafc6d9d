"""What befalls a product, as fields over its surface at rest."""
