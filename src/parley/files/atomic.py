"""Whole files or none: written beside the target, then renamed onto it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from parley.errors import InputError

__all__ = ["atomic_path", "write_bytes", "write_text"]


@contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Yield a temporary path that replaces ``target`` when the block ends without error.

    Missing parent folders are made. On an error the target stays as it was.

    Raises
    ------
    InputError
        If the folder cannot be written to, or the target is a folder.
    """
    target = Path(target)
    if target.is_dir():
        raise InputError.one(
            f"{target} is a folder", str(target), "a file was to be written", "name a file"
        )
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        os.close(handle)
    except OSError as error:
        raise _unwritable(target, error) from None
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(target)
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def write_text(target: Path, text: str) -> None:
    """Write UTF-8 text atomically, line ends as given."""
    write_bytes(target, text.encode("utf-8"))


def write_bytes(target: Path, data: bytes) -> None:
    """Write bytes atomically."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(data)


def _unwritable(target: Path, error: OSError) -> InputError:
    return InputError.one(
        f"cannot write {target}: {error.strerror or error}",
        str(target),
        do="choose a folder you may write to, with room on the disk",
    )
