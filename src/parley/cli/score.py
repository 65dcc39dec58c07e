"""``parley score``: how good saved forecasts were, once it is known what happened."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from parley.cli.brief import Csv, Force, Json
from parley.cli.output import write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable

__all__ = ["score"]


def score(
    forecast: Annotated[
        list[str],
        typer.Argument(metavar="FORECAST", help="Saved forecasts: JSON files, one or several."),
    ],
    outcome: Annotated[
        list[str],
        typer.Option(
            metavar="FILE",
            help="What happened: a TOML file, or the name of one that ships with Parley "
            "(us-japan-2019); may be given several times.",
        ),
    ],
    bins: Annotated[
        int,
        typer.Option(
            metavar="N", min=1, max=100, help="Bins of the calibration table of several forecasts."
        ),
    ] = 5,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Score saved forecasts: Brier and log scores, beside those of the prior and an even spread.

    Over several: mean scores, and how often outcomes came about by the probability stated. One
    forecast says little. A forecast that was changed after it was made is refused.
    """
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.files.forecasts import read_forecasts
    from parley.files.outcomes import read_outcomes
    from parley.report.score import score_csv_tables, score_document
    from parley.report.score_text import score_lines

    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)  # today, east of UTC
    outcomes = read_outcomes(outcome, known_by=tomorrow)
    document = score_document(read_forecasts(forecast), outcomes, bins)
    if csv is not None:
        write_csv_folder(score_csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
    else:
        show_page(*(styled(line, style) for style, line in score_lines(document)))
