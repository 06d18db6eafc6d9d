"""Whether simulated damage gives itself away, how hard it is, and whether its labels are right."""
