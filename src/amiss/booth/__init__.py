"""Cameras to captures: trigger, check, calibrate."""
