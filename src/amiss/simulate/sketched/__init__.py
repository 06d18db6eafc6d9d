"""Pictures drawn in two dimensions: what the demo shows until the recorded booth takes its place."""
