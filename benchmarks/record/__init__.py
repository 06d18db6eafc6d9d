"""What the record keeps through kills and full disks, and how fast it is."""
