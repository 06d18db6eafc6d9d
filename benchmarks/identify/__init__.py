"""How well products are identified: simulated look-alikes, and real ones."""
