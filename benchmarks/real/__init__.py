"""Amiss beside its peers on real photographs: same encoder, same references, same test images."""
