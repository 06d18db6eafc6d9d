"""Makes what all tests share importable from their folders: `recorded_pictures`."""
