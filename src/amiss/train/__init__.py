"""Labels and weights to bundles: the only folder that may import torch."""
