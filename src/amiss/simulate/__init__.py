"""A booth without hardware: pictures that Amiss draws itself, to show and to calibrate with.

What comes from here is simulated, and says so: products are named `sketched-…`. Figures measured on
such pictures never stand in one table with figures measured on photographs.
"""
