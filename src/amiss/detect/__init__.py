"""Features to evidence: the two-way comparison with references."""
