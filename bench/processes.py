"""What a user waits for outside the solver: imports, loading a world, whole commands."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from parley.economy import World
from parley.errors import ParleyError

LIMIT_S = 120


@dataclass(frozen=True)
class Stage:
    """A command timed from its start to its end, in a new process."""

    what: str
    arguments: tuple[str, ...]
    budget_ms: float | None = None
    cold: bool = False  # with an empty cache folder, once
    repeats: int = 3
    needs: str | None = None  # a module without which the stage is left out


STAGES = (
    Stage("python, nothing else", ("-c", "pass")),
    Stage("import parley", ("-c", "import parley")),
    Stage("import parley.equilibrium", ("-c", "import parley.equilibrium")),
    Stage("load world-2017, new process", ("-c", "import parley; parley.load_world('world-2017')")),
    Stage("parley --help", ("-m", "parley", "--help"), needs="parley.cli.app"),
    Stage(
        "parley brief us-japan-2019, cold",
        ("-m", "parley", "brief", "us-japan-2019"),
        15_000,
        cold=True,
    ),
    Stage("parley brief us-japan-2019, warm", ("-m", "parley", "brief", "us-japan-2019"), 5_000),
)


def load_world(name: str) -> World:
    """An embedded world; FileNotFoundError, saying why, where it cannot be had."""
    try:
        import parley

        return parley.load_world(name)
    except (ParleyError, ImportError) as why:
        raise FileNotFoundError(f"{name} does not load: {why}") from why


def measure(stage: Stage) -> dict[str, Any]:
    """Median milliseconds of a stage, or why it was left out."""
    row: dict[str, Any] = {"what": stage.what, "budget_ms": stage.budget_ms}
    if stage.needs and importlib.util.find_spec(stage.needs) is None:
        return row | {"skipped": f"no {stage.needs}"}
    taken = []
    with tempfile.TemporaryDirectory() as empty:
        environment = dict(os.environ)
        if stage.cold:
            environment |= {"XDG_CACHE_HOME": empty}
            environment.pop("JAX_COMPILATION_CACHE_DIR", None)
        else:  # one run first, to fill the caches
            _run(stage, environment)
        for _ in range(1 if stage.cold else stage.repeats):
            started = time.perf_counter()
            failure = _run(stage, environment)
            taken.append(time.perf_counter() - started)
            if failure:
                return row | {"skipped": failure}
    return row | {"ms": median(taken) * 1e3, "repeats": len(taken)}


def measure_load(name: str, repeats: int = 5) -> dict[str, Any]:
    """Milliseconds to load an embedded world in a process that has loaded one before."""
    row: dict[str, Any] = {"what": f"load {name}, in process", "budget_ms": 50}
    taken = []
    try:
        load_world(name)
        for _ in range(repeats):
            started = time.perf_counter()
            load_world(name)
            taken.append(time.perf_counter() - started)
    except FileNotFoundError as why:
        return row | {"skipped": str(why)}
    return row | {"ms": median(taken) * 1e3, "repeats": repeats}


def _run(stage: Stage, environment: dict[str, str]) -> str:
    """Run once; an empty string, or the line that says what went wrong."""
    try:
        done = subprocess.run(
            [sys.executable, *stage.arguments],
            capture_output=True,
            text=True,
            env=environment,
            timeout=LIMIT_S,
            cwd=Path.cwd(),
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"still running after {LIMIT_S} s"
    if done.returncode == 0:
        return ""
    lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
    if not lines:
        return f"exit {done.returncode}"
    telling = lines[-1] if lines[0].startswith("Traceback") else lines[0]
    return f"exit {done.returncode}: {telling}"
