"""What the verbs of games have in common: options, rules, opening, and output."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parley.cli.output import write_csv_folder
from parley.cli.render import json_text, put, show_page, table
from parley.errors import InputError

if TYPE_CHECKING:
    from parley.arena import Arena, Rules

__all__ = [
    "Against",
    "Bounds",
    "Floors",
    "Mfn",
    "Parties",
    "Scenario",
    "Seed",
    "Weights",
    "World",
    "deliver",
    "make_rules",
    "parse_bounds",
    "party_names",
]

HIGHEST = 10.0

Scenario = Annotated[
    str | None,
    typer.Argument(
        metavar="[SCENARIO]", help="A shipped scenario, or a .toml file: its status quo."
    ),
]
World = Annotated[
    str | None,
    typer.Option(
        metavar="WORLD", help="Instead of a scenario: an embedded world, a .nc file, a folder."
    ),
]
Parties = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="Players, as parties of the scenario or regions of the world; all others are "
        "passive. Default: the parties at the table, or all regions of a world.",
    ),
]
Mfn = Annotated[
    bool, typer.Option("--mfn", help="One rate for all sources instead of one for each.")
]
Weights = Annotated[
    str,
    typer.Option(
        metavar="KIND",
        help="Political weights of sectors: none (real income), world, scenario, inferred, or a "
        "CSV file with region, sector, weight.",
    ),
]
Bounds = Annotated[
    str, typer.Option(metavar="LOW:HIGH", help="Lowest and highest tariff, fractions.")
]
Floors = Annotated[
    bool,
    typer.Option(
        "--floors", help="No constituency with a veto may lose more than the scenario says."
    ),
]
Against = Annotated[
    str,
    typer.Option(
        metavar="WHOM",
        help="Whose goods may be taxed: all, players (the other players'), or names A,B,...",
    ),
]
Seed = Annotated[
    int, typer.Option(metavar="N", min=0, help="Of the random moves of the independent search.")
]


def parse_bounds(text: str) -> tuple[float, float]:
    """Return the lowest and the highest tariff written as "0:2", fractions.

    Raises
    ------
    InputError
        If there are not two numbers, the lowest is -1 or less, or not below the highest.
    """
    parts = text.split(":")
    try:
        values = [float(part) for part in parts]
    except ValueError:
        values = []
    if len(values) != 2 or not all(math.isfinite(v) for v in values):
        raise InputError.one(
            f"bounds '{text}' are not two numbers",
            "--bounds",
            "bounds are LOW:HIGH, fractions",
            "25 % is 0.25; write 0:2 for no import subsidies and at most 200 %",
        )
    low, high = values
    if low <= -1.0:
        raise InputError.one(
            f"the lowest tariff is {low:g}", "--bounds", "at -1 (-100 %) the price would be zero"
        )
    if low >= high:
        raise InputError.one(
            f"the lowest tariff {low:g} is not below the highest {high:g}",
            "--bounds",
            "bounds are LOW:HIGH and leave something to choose",
        )
    if high > HIGHEST:
        raise InputError.one(
            f"the highest tariff is {high:g}",
            "--bounds",
            "rates above 10 (1,000 %) are taken for a slip of the unit",
            "25 % is 0.25",
        )
    return low, high


def party_names(
    text: str | None, arena: Arena, against: str, two: str
) -> tuple[tuple[str, ...], list[str]]:
    """Return the players named, or those at the table, and notes on who is left out.

    Parties that stand at the table by default but import nothing on which they might set a
    tariff stay passive. ``two`` says why it takes two players.

    Raises
    ------
    InputError
        If a name is empty, stands twice, or there are fewer than two.
    """
    notes: list[str] = []
    if text is None:
        names, notes = _at_the_table(arena, against)
    else:
        names = tuple(name.strip() for name in text.split(","))
    twice = sorted({n for n in names if names.count(n) > 1})
    if "" in names or twice:
        raise InputError.one(
            f"'{twice[0]}' stands twice" if twice and twice[0] else f"an empty name in '{text}'",
            "--parties",
            "players are named once each, with commas between them",
            "USA,CHN,JPN",
        )
    if len(names) < 2:
        known = dict.fromkeys((*arena.groups, *arena.seen.regions))
        raise InputError.one(
            f"{len(names)} player{'' if names else 's'} where 2 are needed",
            "--parties",
            "; ".join([two, *notes]),
            f"name more: {', '.join(known)}"
            + (f"; or parley optimum --party {names[0]}" if names else ""),
        )
    return names, notes


def _at_the_table(arena: Arena, against: str) -> tuple[tuple[str, ...], list[str]]:
    """Return the players by default, and notes on who they are and who is left out."""
    from parley.arena import Rules

    table = arena.table
    named = against not in ("all", "players")
    idle = arena.idle(table, Rules(against=against)) if named or len(table) > 1 else ()
    names = tuple(p for p in table if p not in idle)
    notes = []
    third = [p for p in arena.groups if p not in table]
    if arena.groups:
        notes.append(
            f"players by default: the parties at the scenario's table, {', '.join(names)}"
            + (f"; not {', '.join(third)}: third parties of the scenario" if third else "")
            + "; --parties names others"
        )
    if idle:
        sources = "" if against == "all" else f" from {against.replace('players', 'the others')}"
        notes.append(
            f"left out as players, for they import no goods{sources} on which to set a tariff: "
            + ", ".join(idle)
        )
    return names, notes


def make_rules(
    arena: Arena,
    names: Sequence[str],
    *,
    mfn: bool,
    weights: str,
    bounds: tuple[float, float],
    floors: bool = False,
    against: str = "all",
    where: str = "--parties",
) -> Rules:
    """Return the rules of a game among the players named by the option ``where``.

    Raises
    ------
    InputError
        If the weights or the floors asked for do not exist or do not fit.
    """
    from parley.arena import WEIGHTS, Rules
    from parley.labels import allowed_text
    from parley.politics.objective import party_regions

    labels = arena.seen.regions
    players = [[labels[r] for r in party_regions(n, labels, arena.groups, where)] for n in names]
    if floors and not any(arena.floors(name) for name in names):
        known = sorted({c.party for c in arena.constituencies if c.veto is not None})
        raise InputError.one(
            "no player has a constituency with a veto",
            "--floors",
            "floors are the vetoes of the scenario's constituencies"
            + (f"; those with one belong to {', '.join(known)}" if known else ""),
            "name a scenario that has some, or leave --floors out",
        )
    if weights in WEIGHTS:
        return Rules(mfn=mfn, weights=weights, bounds=bounds, floors=floors, against=against)
    if not weights.strip():
        raise InputError.one(
            "no weights are named",
            "--weights",
            "weights are one of these words, or a file",
            f"use one of: {', '.join(WEIGHTS)}, or a CSV file; leave --weights out for none",
        )
    path = Path(weights)
    if path.suffix.lower() != ".csv" and not path.exists():
        raise InputError.one(
            f"unknown weights '{weights}'",
            "--weights",
            "weights are one of these words, or a file",
            allowed_text(weights, WEIGHTS) + ", or a CSV file",
        )
    from parley.files.weights import read_political_weights

    needed = [r for regions in players for r in regions]
    found = read_political_weights(path, labels, arena.seen.sectors, needed)
    return Rules(
        mfn=mfn,
        weights="file",
        weight_table=found,
        bounds=bounds,
        floors=floors,
        against=against,
    )


def deliver(document: Mapping[str, Any], *, as_json: bool, csv: Path | None, force: bool) -> None:
    """Write a game's tables if asked, then print the document as JSON or as text."""
    if csv is not None:
        from parley.report.game_csv import game_csv_tables

        write_csv_folder(game_csv_tables(document), csv, force=force)
    if as_json:
        put(json_text(document))
        return
    from parley.report.game_tables import game_tables

    head, tables, notes = game_tables(document)
    for line in head:
        put(line)
    for title, columns, rows in tables:
        count = 2 if columns[1] in ("sector", "source", "constituency") else 1
        show_page("", title, table(columns, rows, text_columns=range(count)))
    show_page("", *notes)
