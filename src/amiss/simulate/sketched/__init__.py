"""Pictures drawn in two dimensions: the demo's until the recorded booth is there."""
