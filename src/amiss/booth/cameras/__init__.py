"""Where views come from: recordings, folders, the simulator, and cameras that one can touch."""
