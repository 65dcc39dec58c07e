"""The README's examples run as they stand, offline, in an empty folder."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

README = Path(__file__).resolve().parents[2] / "README.md"
TEXT = README.read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
BLOCKS = [(language, code) for language, code in FENCE.findall(TEXT)]
PYTHON = [code for language, code in BLOCKS if language == "python"]
SHELL = [code for language, code in BLOCKS if language == "sh" and code.startswith("parley ")]
SAMPLE = [code for language, code in BLOCKS if language == "text"]


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    # The command may be installed in a folder that is not on the path of the tests.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_there_are_examples() -> None:
    assert PYTHON
    assert SHELL


@pytest.mark.parametrize("code", PYTHON, ids=lambda c: c.strip().splitlines()[-1])
def test_python_example(code: str, tmp_path: Path) -> None:
    assert run([sys.executable, "-c", code], tmp_path).stdout


@pytest.mark.parametrize("code", SHELL, ids=lambda c: c.splitlines()[0])
def test_shell_example(code: str, tmp_path: Path) -> None:
    run(["bash", "-euo", "pipefail", "-c", code], tmp_path)


@pytest.mark.skipif(not SAMPLE, reason="the README holds no sample of the brief yet")
def test_sample_is_what_the_brief_prints(tmp_path: Path) -> None:
    printed = run([sys.executable, "-m", "parley", "brief", "us-japan-2019"], tmp_path).stdout
    sample = SAMPLE[0].splitlines()
    assert [line.rstrip() for line in printed.splitlines()[: len(sample)]] == sample


def test_commands_named_in_prose_exist() -> None:
    from typer.main import get_command

    from parley.cli.app import app

    commands = getattr(get_command(app), "commands")  # noqa: B009
    named = set(re.findall(r"`?parley ([a-z]+)", TEXT)) - {"and"}
    assert named <= set(commands), f"the README names verbs that do not exist: {named}"
