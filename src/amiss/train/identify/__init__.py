"""From simulated look-alikes to how cues of identity are weighed."""
