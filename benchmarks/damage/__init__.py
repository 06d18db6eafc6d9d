"""How well damage is told on simulated items, as benchmarks/damage/README.md says."""
