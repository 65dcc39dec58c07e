"""``parley calendar``: when a deal could come, and who waits for what."""

from __future__ import annotations

from typing import Annotated

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable

__all__ = ["Talks", "calendar"]

Talks = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Which talks; those of the forecast, else the first with a deal on the table.",
    ),
]


def calendar(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    talks: Talks = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Solve the talks as a game over their calendar: path, waiting, what a date is worth."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.files.studies import open_study
    from parley.report.calendar import calendar_csv_tables, calendar_document
    from parley.report.calendar_text import calendar_page
    from parley.timing.assess import assess_calendar
    from parley.timing.draws import draw_games
    from parley.timing.game import calendar_of

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    found = calendar_of(study, talks)
    with progress("playing the calendar game") as told:
        sample = draw_games(found, told=told)
    document = calendar_document(assess_calendar(found, draws=sample))
    if csv is not None:
        write_csv_folder(calendar_csv_tables(document["calendar"]), csv, force=force)
    if as_json:
        put(json_text(document))
        return
    show_page(*(styled(line, style) for style, line in calendar_page(document)))
