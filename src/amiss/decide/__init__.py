"""Evidence to decision."""
