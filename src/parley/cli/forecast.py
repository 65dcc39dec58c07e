"""``parley forecast``: odds over how the talks end by a date, and records of them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated, Any

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.calendar import Talks
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable
from parley.errors import InputError

__all__ = ["forecast"]

MOST_DRAWS = 16_384


def forecast(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    by: Annotated[
        str | None,
        typer.Option(metavar="DATE", help="Day by which an outcome counts, instead of the file's."),
    ] = None,
    talks: Talks = None,
    draws: Annotated[
        int, typer.Option(metavar="N", help="Draws of political weights and patience.")
    ] = 128,
    seed: Annotated[int, typer.Option(metavar="N", help="Seed of the draws.")] = 0,
    save: Annotated[
        bool,
        typer.Option("--save", help="Also write a dated, hashed record, to be scored later."),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Where --save writes; SCENARIO-ASOF.forecast.json if not given."
        ),
    ] = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Give odds over exclusive outcomes: a prior from the calendar game, moved by claims."""
    _checked(draws, seed, save, output)
    day = None if by is None else _day(by)
    if csv is not None:
        writable(csv, force=force, folder=True)
    if output is not None:
        writable(output, force=force, file=True)
    from parley.files.studies import open_study
    from parley.forecasts import assess_forecast
    from parley.report.forecast import forecast_csv_tables, forecast_document
    from parley.report.forecast_text import forecast_page
    from parley.timing.game import calendar_of

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    name = study.scenario.id
    if name is None and save:
        raise InputError.one(
            "the scenario has no id",
            f"{study.scenario.filename}: id",
            "a record must say which story it is of, to be scored later",
            'add id = "..." at the top of the file',
        )
    path = output or Path(f"{name}-{study.scenario.as_of.isoformat()}.forecast.json")
    if save:
        writable(path, force=force, file=True)
    with progress("playing the calendar game") as told:
        found = assess_forecast(
            study,
            calendar=calendar_of(study, talks),
            by=day,
            draws=draws,
            seed=seed,
            told=told,
        )
    document = forecast_document(found)
    if csv is not None:
        write_csv_folder(forecast_csv_tables(document), csv, force=force)
    if save:
        document = _save(document, scenario, path)
    if as_json:
        put(json_text(document))
        return
    show_page(*(styled(line, style) for style, line in forecast_page(document)))
    if save:
        put(f"\nsaved to {path} (sha256 {document['sha256'][:16]}...)")


def _save(document: dict[str, Any], scenario: str, path: Path) -> dict[str, Any]:
    """Write the record of a forecast and return it, sealed."""
    from parley.files.forecasts import scenario_digest, scenario_files, write_forecast

    made = dt.datetime.now(dt.UTC).replace(microsecond=0)
    record = {
        **document,
        "made": made.isoformat().replace("+00:00", "Z"),
        "scenario_sha256": scenario_digest(scenario_files(scenario)),
    }
    return write_forecast(record, path)


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise InputError.one(
            f"'{text}' is no day", "--by", "a day is written 2019-12-31", "give year-month-day"
        ) from None


def _checked(draws: int, seed: int, save: bool, output: Path | None) -> None:
    if not 1 <= draws <= MOST_DRAWS:
        raise InputError.one(
            f"{draws} draws", "--draws", f"between 1 and {MOST_DRAWS} are played", "try 128"
        )
    if seed < 0:
        raise InputError.one(f"a seed of {seed}", "--seed", "a seed is zero or more")
    if output is not None and not save:
        raise InputError.one(
            "a file is named, but nothing is to be saved", "--output", "", "add --save"
        )
