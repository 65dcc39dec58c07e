"""``parley claims``: who says what, who agrees, who contradicts, and which figures differ."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from parley.cli.brief import Csv, Force, Json
from parley.cli.output import write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable
from parley.errors import InputError

if TYPE_CHECKING:
    from parley.ledger.ledger import Ledger

__all__ = ["claims"]


def claims(
    scenario: Annotated[
        str,
        typer.Argument(metavar="SCENARIO", help="A shipped scenario, or a .toml file of your own."),
    ],
    about: Annotated[
        str | None,
        typer.Option(
            metavar="KIND:ID", help="Only what is said about this: package:ID, threat:ID and so on."
        ),
    ] = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """List the claims of a scenario: who says what, corroborated or contradicted by whom."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.files.scenarios import open_scenario
    from parley.ledger.ledger import claims_ledger
    from parley.report.ledger import ledger_csv_tables, ledger_document
    from parley.report.ledger_text import ledger_lines

    read = open_scenario(scenario)
    ledger = claims_ledger(read)
    if about is not None:
        ledger = _only_about(ledger, about)
    document = ledger_document(ledger, read, about)
    if csv is not None:
        written = write_csv_folder(ledger_csv_tables(document), csv, force=force)
        if not written:
            typer.echo(f"the scenario has no claims: nothing is written to {csv}", err=True)
    if as_json:
        put(json_text(document))
        return
    show_page(*(styled(line, style) for style, line in ledger_lines(document)))


def _only_about(ledger: Ledger, about: str) -> Ledger:
    from parley.labels import allowed_text

    subjects = [s.subject for s in ledger.subjects]
    if about not in subjects:
        raise InputError.one(
            f"no claim is about '{about}'",
            "--about",
            "it names a thing with its kind, as claims do",
            allowed_text(about, subjects) if subjects else "the scenario holds no claims",
        )
    return ledger.only_about(about)
