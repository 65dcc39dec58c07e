"""Saved forecasts: one JSON file each, sealed with a hash of what it says.

    sha256 = SHA-256 of the canonical JSON (RFC 8259, UTF-8, keys sorted, no spaces) of
             everything in the record but ``sha256`` itself

A record whose content does not fit its hash was changed after it was made and is refused. The
hash does not prove *when* a record was made: whoever wants that publishes the hash on the day.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, NoReturn

from parley.errors import InputError, Problem
from parley.files.atomic import write_text
from parley.files.forecast_checks import forecast_problems
from parley.labels import duplicates

__all__ = [
    "LARGEST_BYTES",
    "read_forecast",
    "read_forecasts",
    "scenario_digest",
    "scenario_files",
    "seal",
    "write_forecast",
]

LARGEST_BYTES = 4_000_000
"""Largest record that is read."""

AS_WRITTEN = "take the record as Parley wrote it; the file may be damaged"

Record = dict[str, Any]


def seal(document: Mapping[str, Any]) -> Record:
    """Return the document as it stands in JSON, with ``sha256`` over all the rest.

    A ``sha256`` that it has already is replaced.

    Raises
    ------
    InputError
        If a number in it is not finite, or a text cannot be written.
    TypeError
        If it holds something that JSON has no form for.
    """
    rest = {key: value for key, value in document.items() if key != "sha256"}
    plain: Record = json.loads(json.dumps(rest))
    return {**plain, "sha256": _hash(plain, "forecast")}


def write_forecast(document: Mapping[str, Any], path: Path) -> Record:
    """Write a saved forecast, whole or not at all, and return the record.

    A document without ``sha256`` is sealed; one with it must fit it.

    Raises
    ------
    InputError
        With everything that is wrong in the document, or if the file cannot be written.
    """
    name = str(path)
    sealed = seal(document)
    _check({**sealed, "sha256": document.get("sha256", sealed["sha256"])}, name)
    write_text(Path(path), json.dumps(sealed, indent=2, ensure_ascii=False) + "\n")
    return sealed


def read_forecast(path: Path | str) -> Record:
    """Return a saved forecast, checked.

    Raises
    ------
    InputError
        If there is no such file, or with everything that is wrong in it: no JSON, cut off, too
        large, another kind or schema, fields missing or out of bounds, days out of order, or
        content that was changed after the record was made.
    """
    name = str(path)
    text = _text(Path(path), name)
    try:
        found = json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(pairs, name),
            parse_constant=lambda word: _not_finite(word, name),
        )
    except json.JSONDecodeError as error:
        raise _no_json(error, text, name) from None
    except (ValueError, RecursionError) as error:
        raise InputError.one(f"not valid JSON: {error}", name, do=AS_WRITTEN) from None
    if not isinstance(found, dict):
        raise InputError.one(
            "it holds no JSON object", name, "a saved forecast is one", "give a saved forecast"
        )
    _check(found, name)
    return found


def read_forecasts(paths: Iterable[Path | str]) -> dict[str, Record]:
    """Return saved forecasts by the name of their file, in the order given.

    Raises
    ------
    InputError
        With everything that is wrong in any of them, or if two are the same forecast.
    """
    found: dict[str, Record] = {}
    first: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        name = str(path)
        try:
            record = read_forecast(path)
        except InputError as error:
            problems += error.problems
            continue
        if record["sha256"] in first:
            problems.append(
                Problem(
                    f"the same forecast as {first[record['sha256']]}",
                    name,
                    "counted twice, it would weigh twice",
                    "give each forecast once",
                )
            )
        first.setdefault(record["sha256"], name)
        found[name] = record
    if problems:
        raise InputError(problems)
    return found


def scenario_files(reference: str | Path) -> dict[str, bytes]:
    """Return the files a scenario is made of: ``scenario.toml`` and the tables it names.

    The file of the scenario has that name here whatever it is called on the disk.

    Parameters
    ----------
    reference
        As for :func:`parley.files.scenarios.open_scenario`, which tells more of what is wrong.

    Raises
    ------
    InputError
        If a file is missing or cannot be read.
    """
    from parley.files.scenarios import embedded_scenarios  # scoring does without it

    folder: Traversable
    if str(reference) in embedded_scenarios():
        folder = resources.files("parley") / "data" / "scenarios" / str(reference)
        source = folder / "scenario.toml"
    else:
        path = Path(reference)
        path = path / "scenario.toml" if path.is_dir() else path
        folder, source = path.parent, path
    try:
        text = source.read_bytes()
        data = tomllib.loads(text.decode("utf-8-sig"))
        found = {"scenario.toml": text}
        for section in ("measure", "threat"):
            for entry in data.get(section, []):
                if "table" in entry:
                    found[entry["table"]] = (folder / entry["table"]).read_bytes()
    except OSError as error:
        raise InputError.one(
            f"the scenario cannot be read: {error.strerror or error}", str(reference)
        ) from None
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise InputError.one(
            f"the scenario cannot be read: {error}",
            str(reference),
            do="parley scenario check says what is wrong with it",
        ) from None
    return found


def scenario_digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256, 64 hex digits, of a scenario's files.

    Over the lines "name, zero byte, SHA-256 of its text", names sorted; CR LF counts as LF, so
    that a checkout on another system has the same digest.

    Parameters
    ----------
    files
        Name -> content, as :func:`scenario_files` returns them.
    """
    whole = hashlib.sha256()
    for name in sorted(files):
        text = hashlib.sha256(files[name].replace(b"\r\n", b"\n")).hexdigest()
        whole.update(f"{name}\0{text}\n".encode())
    return whole.hexdigest()


def _check(record: Mapping[str, Any], name: str) -> None:
    """Raise all problems of a record, its hash included."""
    problems = forecast_problems(record, name)
    foreign = any(p.where in (f"{name}: kind", f"{name}: schema_version") for p in problems)
    if "sha256" in record and not foreign:
        rest = {key: value for key, value in record.items() if key != "sha256"}
        if _hash(rest, name) != record["sha256"]:
            problems.append(
                Problem(
                    "the content does not fit its hash",
                    f"{name}: sha256",
                    "the record was changed after it was made, so it shows nothing",
                    "take the record as Parley wrote it",
                )
            )
    if problems:
        raise InputError(problems)


def _hash(rest: Mapping[str, Any], name: str) -> str:
    return hashlib.sha256(_canonical(rest, name)).hexdigest()


def _canonical(document: Mapping[str, Any], name: str) -> bytes:
    try:
        return json.dumps(
            document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
        ).encode("utf-8")
    except UnicodeEncodeError:
        raise InputError.one(
            "a text in it is no valid Unicode", name, "half of a surrogate pair stands alone"
        ) from None
    except ValueError as error:
        raise InputError.one(
            f"a number in it is not finite: {error}", name, "JSON has numbers that are finite only"
        ) from None


def _text(path: Path, name: str) -> str:
    try:
        if not path.is_file():
            what = "it is a folder" if path.is_dir() else "there is no such file"
            raise InputError.one(what, name, "a saved forecast is one JSON file", "check the path")
        size = path.stat().st_size
        if size > LARGEST_BYTES:
            raise InputError.one(
                f"the file has {size:,} bytes",
                name,
                f"at most {LARGEST_BYTES:,} are read",
                "give a saved forecast",
            )
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError.one(f"cannot be read: {error.strerror or error}", name) from None
    except UnicodeDecodeError as error:
        raise InputError.one(
            f"byte {error.start} is not UTF-8 text", name, "JSON is UTF-8 text", AS_WRITTEN
        ) from None
    if not text.strip():
        raise InputError.one("the file is empty", name, "a saved forecast is one JSON object")
    return text


def _object(pairs: list[tuple[str, Any]], name: str) -> Record:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise InputError.one(
            f"the field '{duplicates(key for key, _ in pairs)[0]}' appears twice in one object",
            name,
            "what it says would depend on the reader",
            AS_WRITTEN,
        )
    return made


def _not_finite(word: str, name: str) -> NoReturn:
    raise InputError.one(
        f"{word} stands where a number should",
        name,
        "a saved forecast holds finite numbers only",
        AS_WRITTEN,
    )


def _no_json(error: json.JSONDecodeError, text: str, name: str) -> InputError:
    at = f"line {error.lineno}, column {error.colno}"
    if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated"):
        return InputError.one(f"the file is cut off ({error.msg}, {at})", name, do=AS_WRITTEN)
    return InputError.one(f"not valid JSON: {error.msg} ({at})", name, do=AS_WRITTEN)
