"""What everything later asks the record: the only way to it, besides writing."""
