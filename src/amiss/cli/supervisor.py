"""The one place where what went wrong becomes a sentence and an exit code.

0: done. 2: bad usage or input: one sentence on stderr, nothing on stdout. 1: an internal fault.
130: interrupted from the keyboard.
"""

import io
import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

DONE, FAULT, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
DEBUG = "AMISS_DEBUG"


def main() -> None:
    """The command `amiss`."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Runs one command; returns its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a file name may hold what cannot be encoded
            stream.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # typer and rich turn the first into the second
        _leave_stdout()
        return DONE  # whoever reads has read enough
    except Exception as error:  # noqa: BLE001 - no traceback reaches people who did not ask for it
        return _explain(error)
    return code


def _run(arguments: Sequence[str]) -> int:
    """Runs one command with typer's own handling of errors turned off."""
    from typer.main import get_command

    from amiss.cli.app import app
    from amiss.cli.inspect import spread

    code = get_command(app).main(spread(arguments), prog_name="amiss", standalone_mode=False)
    return code if isinstance(code, int) else DONE


def _explain(error: Exception) -> int:
    """Says on stderr what went wrong, and returns the exit code for it."""
    from typer import Abort, TyperException

    from amiss.domain.errors import AmissError, InputError

    if os.environ.get(DEBUG):
        traceback.print_exception(error)
    if isinstance(error, TyperException):
        _complain(_usage(error))
        return error.exit_code
    if isinstance(error, Abort):
        return INTERRUPTED
    if isinstance(error, InputError):
        _complain(str(error))
        return BAD_INPUT
    if isinstance(error, AmissError):
        _complain(f"{_without_stop(str(error))}; {DEBUG}=1 shows the details.")
    else:
        what = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        _complain(f"Amiss failed ({_without_stop(what)}); {DEBUG}=1 shows the details.")
    return FAULT


def _usage(error: Exception) -> str:
    """A usage error in one sentence, with the command whose help tells more."""
    from typer import TyperException

    message = error.format_message() if isinstance(error, TyperException) else str(error)
    message = message.replace("Value error, ", "")  # the validator's own words
    context = getattr(error, "ctx", None)
    where = context.command_path if context is not None else "amiss"
    return f"{_without_stop(message)}; see {where} --help."


def _complain(sentence: str) -> None:
    sys.stderr.write(f"Error: {' '.join(sentence.split())}\n")


def _without_stop(sentence: str) -> str:
    return sentence.rstrip().removesuffix(".")


def _leave_stdout() -> None:
    """Sends what is still to be flushed nowhere: the reader is gone."""
    with suppress(OSError, ValueError):  # a stdout without a file needs nothing
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
