"""One command line over all of Amiss; a file here holds one command or one group of commands.

Heavy parts are imported inside the commands, so that `--help` and a single inspection start at
once. `--json` prints one document on stdout; everything else goes to stderr.
"""

from amiss.cli.supervisor import main

__all__ = ["main"]
