"""Where compiled kernels are kept between runs: the user's cache folder.

Entries are machine code, so the folder is named after the compiler's version and the
processor's features. Whatever goes wrong there, the kernels are compiled again; set
``PARLEY_CACHE=off`` to keep nothing, or to a folder to keep it elsewhere.
"""

from __future__ import annotations

import hashlib
import os
import platform
from pathlib import Path

__all__ = ["cache_folder", "use_compile_cache"]


def cache_folder() -> Path | None:
    """Return the folder for compiled kernels, or None if none is wanted or known."""
    wanted = os.environ.get("PARLEY_CACHE", "")
    if wanted.lower() == "off":
        return None
    try:
        root = Path(wanted) if wanted else _user_cache() / "parley"
    except RuntimeError:  # no home folder
        return None
    from importlib.metadata import version

    return root / f"kernels-{version('jaxlib')}-{_processor()}"


def use_compile_cache() -> None:
    """Let JAX keep compiled kernels in :func:`cache_folder`; do nothing if it cannot."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return
    import jax

    jax.config.update("jax_compilation_cache_dir", str(folder))  # type: ignore[no-untyped-call]
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0.0)  # type: ignore[no-untyped-call]
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)  # type: ignore[no-untyped-call]


def _user_cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME", "")
    return Path(named) if named else Path.home() / ".cache"


def _processor() -> str:
    """Return a short name of the processor's kind and features."""
    features = platform.machine() + platform.processor()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith(("flags", "Features", "model name")):
                features += line
            if not line.strip():
                break
    except OSError:
        pass
    return hashlib.sha256(features.encode()).hexdigest()[:12]
