"""Is this capture fit to be judged? Each fault has a name, a measured figure and its limit."""
