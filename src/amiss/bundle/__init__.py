"""What was learnt, and the operating point: read, verify, describe."""
