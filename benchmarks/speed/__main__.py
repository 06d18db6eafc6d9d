"""The one command: python -m benchmarks.speed.

Hints in the surroundings may make OpenBLAS compute with kernels for another processor. It reads
them when NumPy is imported, so this starts anew without them before anything else is imported.
"""

import os
import sys

HINTS = "OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE"


def main() -> None:
    """Start anew where hints are set, else measure."""
    found = [f"{name}={os.environ[name]}" for name in HINTS if name in os.environ]
    if found:
        sys.stderr.write(f"Starting anew without {', '.join(found)}.\n")
        sys.stderr.flush()
        kept = {name: value for name, value in os.environ.items() if name not in HINTS}
        os.execve(sys.executable, [sys.executable, "-m", "benchmarks.speed", *sys.argv[1:]], kept)
    import typer
    from benchmarks.speed.command import measure

    typer.run(measure)


if __name__ == "__main__":
    main()
