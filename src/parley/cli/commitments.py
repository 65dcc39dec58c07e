"""``parley commitments``: what promises are worth to each side, and what keeps them."""

from __future__ import annotations

from typing import Annotated

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable
from parley.errors import NotConvergedError

__all__ = ["commitments"]


def commitments(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    commitment: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only this commitment; may be given several times."),
    ] = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    model: Model = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Assess commitments: their worth to each side, what keeps them, and promises to buy.

    Also shown are threats on whose trade claims differ, at each claimed figure.
    """
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.commitments import assess_commitments
    from parley.files.studies import open_study
    from parley.report.commitments import commitments_document
    from parley.report.commitments_csv import commitments_csv_tables
    from parley.report.commitments_text import commitments_lines

    study = open_study(scenario, closure=closure, elasticity=elasticity, model=model)
    with progress("commitments") as told:
        found = assess_commitments(study, names=commitment, told=told)
    document = commitments_document(found)
    if csv is not None:
        write_csv_folder(commitments_csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
    else:
        show_page(*(styled(line, style) for style, line in commitments_lines(document)))
    if found.unproven:
        typer.echo(f"not proven: {found.unproven} results, shown without figures", err=True)
        raise typer.Exit(NotConvergedError.exit_code)
