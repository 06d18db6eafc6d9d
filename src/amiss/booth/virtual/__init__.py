"""A booth that needs no hardware: its tray, what is laid on it, and the people around it."""
