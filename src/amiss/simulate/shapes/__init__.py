"""Surfaces as functions, sampled into meshes and one atlas."""
