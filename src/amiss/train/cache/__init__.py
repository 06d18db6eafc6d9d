"""What training keeps of a data set: a bounded number of bytes for each view."""
