"""What each part of the comparison with references is worth, measured by leaving it out."""
