"""``parley weights``: political weights that would make applied tariffs optimal."""

from __future__ import annotations

from typing import Annotated

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.game_options import Scenario, World
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, table, writable
from parley.errors import InputError

__all__ = ["weights"]


def weights(
    scenario: Scenario = None,
    world: World = None,
    party: Annotated[
        str | None,
        typer.Option(
            metavar="PARTY", help="Whose weights: a party of the scenario, or a region. Needed."
        ),
    ] = None,
    pattern: Annotated[
        str,
        typer.Option(
            metavar="KIND",
            help="How applied tariffs are brought to the mean of optimal ones: shift or scale.",
        ),
    ] = "shift",
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Infer a party's political weights from its applied tariffs: a proxy, with its fit."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    from parley.files.arenas import open_arena
    from parley.report.weights import weights_csv_tables, weights_document, weights_tables

    arena = open_arena(scenario, world, model, closure, elasticity)
    if party is None:
        raise InputError.one(
            "no party is named",
            "--party",
            "weights are one party's",
            "use one of: " + ", ".join(dict.fromkeys((*arena.groups, *arena.world.regions))),
        )
    with progress(f"political weights of {party}"):
        document = weights_document(arena, party, pattern)
    if csv is not None:
        write_csv_folder(weights_csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
        return
    head, tables, notes = weights_tables(document)
    for line in head:
        put(line)
    for title, columns, rows in tables:
        count = 2 if columns[1] == "sector" else 1
        show_page("", title, table(columns, rows, text_columns=range(count)))
    show_page("", *(f"  note      {note}" for note in notes))
