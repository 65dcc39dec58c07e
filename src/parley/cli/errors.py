"""What the command line does with errors: one message on stderr and an exit code.

====  ==============================================================
code  meaning
====  ==============================================================
0     done
1     a bug in Parley; PARLEY_DEBUG=1 shows the traceback
2     wrong input or wrong usage; nothing was computed or written
3     not converged, or not certified; no figure is shown
130   interrupted
141   the reader of the output went away (quiet)
====  ==============================================================
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from parley.errors import InputError, NotConvergedError, ParleyError

__all__ = [
    "BROKEN_PIPE",
    "BUG",
    "INTERRUPTED",
    "debugging",
    "discard_output",
    "exit_on_error",
    "flush_output",
]

BUG = 1
INTERRUPTED = 130
BROKEN_PIPE = 141


def debugging() -> bool:
    """Whether the user asked for tracebacks (``PARLEY_DEBUG`` set and not 0)."""
    return os.environ.get("PARLEY_DEBUG", "0") not in ("", "0")


@contextmanager
def exit_on_error() -> Iterator[None]:
    """Turn an exception of the body into its message on stderr and a ``SystemExit``."""
    try:
        yield
    except BrokenPipeError:
        discard_output()
        raise SystemExit(BROKEN_PIPE) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None
    except ParleyError as error:
        _leave(_message(error), error.exit_code)
    except OSError as error:
        if error.filename is None:
            _leave(_bug(error), BUG)
        _leave(f"error: {error.filename}: {error.strerror}", InputError.exit_code)
    except Exception as error:
        _leave(_bug(error), BUG)


def flush_output() -> None:
    """Flush stdout now, so that a closed pipe is met here and not at interpreter exit."""
    sys.stdout.flush()


def discard_output() -> None:
    """Point stdout at the null device, so that the interpreter's last flush succeeds."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())


def _leave(message: str, code: int) -> None:
    if debugging():
        import traceback

        traceback.print_exc()
    with suppress(BrokenPipeError):
        sys.stderr.write(message + "\n")
    raise SystemExit(code) from None


def _message(error: ParleyError) -> str:
    if isinstance(error, InputError):
        count = len(error.problems)
        head = "error: " if count == 1 else f"{count} errors:\n"
        return head + str(error)
    if isinstance(error, NotConvergedError):
        return f"not converged: {error}"
    return f"error: {error}"


def _bug(error: BaseException) -> str:
    return (
        f"internal error: {type(error).__name__}: {error}\n"
        "This is a bug in Parley, not in your input. Please report it with the command you ran.\n"
        "PARLEY_DEBUG=1 shows the traceback."
    )
