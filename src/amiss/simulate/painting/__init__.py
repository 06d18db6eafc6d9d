"""Data sets from photographs of sound items: some painted on, some untouched, some for reference.

- `photographs`: which there are, and of which products.
- `plan`: which of them are references, and what becomes of each copy of the others.
- `easel`: one copy as a capture, packed for the data set.
- `bulk`: all of them, written such that a run goes on where it was cut off.

How damage is painted stands in `amiss.simulate.paint`.
"""
