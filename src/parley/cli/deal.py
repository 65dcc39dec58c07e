"""``parley deal`` and ``parley frontier``: what parties could agree on, and what they would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.game_options import Bounds, Mfn, Seed, World, make_rules, parse_bounds, party_names
from parley.cli.output import progress, write_csv_folder
from parley.cli.render import json_text, put, show_page, styled, writable
from parley.errors import InputError, NotConvergedError

if TYPE_CHECKING:
    from parley.deals.table import DealTable

__all__ = ["deal", "frontier", "write_page"]

Scenario = Annotated[
    str | None, typer.Argument(metavar="[SCENARIO]", help="A shipped scenario, or a .toml file.")
]
Talks = Annotated[
    str | None,
    typer.Option(
        metavar="ID",
        help="Which talks; the first with a deal on the table. all: all of them at once.",
    ),
]
Scope = Annotated[
    str,
    typer.Option(
        metavar="WHAT",
        help="What the talks are about: table (the instruments at the table), a deal on it, or "
        "all.",
    ),
]
Parties = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,...",
        help="With --world: who bargains, over their tariffs on each other's goods.",
    ),
]
Weights = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="What governments want: none (real income), scenario, world, inferred, or a CSV file. "
        "Default: the scenario's weights where it has any, else none.",
    ),
]
Authority = Annotated[
    str,
    typer.Option(
        metavar="WORD",
        help="alone: executives stay within what they may do without their ratifiers; approved: no "
        "such limit.",
    ),
]
Breakdown = Annotated[
    str | None,
    typer.Option(
        metavar="WHAT",
        help="What follows if the talks fail: nothing, nash-war, or a package. Default: the "
        "scenario's.",
    ),
]
EndsBy = Annotated[
    str | None,
    typer.Option(metavar="WAY", help="How the talks can end: exit, hazard or deadline."),
]
Hazard = Annotated[
    float | None, typer.Option(metavar="RATE", help="Rate of breakdown per year, for hazard.")
]
Powers = Annotated[
    str | None,
    typer.Option(metavar="A=1,B=2", help="Bargaining powers; the scenario's, else equal."),
]
NoFloors = Annotated[
    bool, typer.Option("--no-floors", help="Leave the scenario's vetoes out of account.")
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Also write the payoff plane as a page of its own."
    ),
]
Points = Annotated[
    int, typer.Option(metavar="N", min=0, max=200, help="Points of the frontier; 0 for none.")
]
BOUNDS = "0:10"


def deal(
    scenario: Scenario = None,
    world: World = None,
    talks: Talks = None,
    scope: Scope = "table",
    parties: Parties = None,
    solution: Annotated[
        str,
        typer.Option(
            metavar="NAME",
            help="The deal told in full: nash, kalai-smorodinsky, egalitarian or utilitarian.",
        ),
    ] = "nash",
    powers: Powers = None,
    weights: Weights = None,
    breakdown: Breakdown = None,
    ends_by: EndsBy = None,
    hazard: Hazard = None,
    authority: Authority = "alone",
    no_floors: NoFloors = False,
    most: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, help="At most N lines in the deal of whole lines."),
    ] = None,
    pairs: Annotated[
        bool,
        typer.Option("--pairs", help="Three parties or more: every pair bargains (Nash-in-Nash)."),
    ] = False,
    war: Annotated[
        bool, typer.Option("--war", help="Also compute the trade war as a breakdown.")
    ] = False,
    points: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=0,
            max=200,
            help="Points of the frontier; 12 for two parties, none for more, unless given.",
        ),
    ] = None,
    mfn: Mfn = False,
    bounds: Bounds = BOUNDS,
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    seed: Seed = 0,
    html: Html = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Find what the parties would agree on: zone of agreement, bargained deals, issue linkage."""
    _writable(csv, html, force=force)
    table = _table(
        scenario, world, talks, scope, parties, weights, authority, mfn, bounds, model, closure,
        elasticity, floors=not no_floors,
    )  # fmt: skip
    from parley.deals.assess import assess_deal
    from parley.report.deal import deal_document
    from parley.report.deal_text import deal_lines

    _two_for_a_page(html, table.parties)
    _known_solution(solution)
    strengths = _powers(powers, table.parties)
    if points is None:
        points = 12 if len(table.parties) == 2 else 0
    with _told() as told:
        found = assess_deal(
            table,
            breakdown=breakdown,
            ends_by=ends_by,
            hazard=hazard,
            solution=solution,
            powers=strengths,
            points=points,
            most=most,
            lines=True,
            link=True,
            war=war,
            pairs=pairs,
            seed=seed,
            told=told,
        )
    document = deal_document(found, "deal")
    _deliver(document, deal_lines, as_json=as_json, csv=csv, html=html, force=force)


def frontier(
    scenario: Scenario = None,
    world: World = None,
    talks: Talks = None,
    scope: Scope = "table",
    parties: Parties = None,
    points: Points = 12,
    weights: Weights = None,
    breakdown: Breakdown = None,
    ends_by: EndsBy = None,
    hazard: Hazard = None,
    authority: Authority = "alone",
    no_floors: NoFloors = False,
    mfn: Mfn = False,
    bounds: Bounds = BOUNDS,
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    html: Html = None,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Find the Pareto frontier of what the parties can offer, and where each package stands."""
    _writable(csv, html, force=force)
    table = _table(
        scenario, world, talks, scope, parties, weights, authority, mfn, bounds, model, closure,
        elasticity, floors=not no_floors,
    )  # fmt: skip
    from parley.deals.assess import assess_deal
    from parley.report.deal import deal_document
    from parley.report.deal_text import frontier_lines

    _two_for_a_page(html, table.parties)
    with _told() as told:
        found = assess_deal(
            table, breakdown=breakdown, ends_by=ends_by, hazard=hazard, solutions=("nash",),
            points=points, told=told,
        )  # fmt: skip
    document = deal_document(found, "frontier")
    _deliver(document, frontier_lines, as_json=as_json, csv=csv, html=html, force=force)


def _table(
    scenario: str | None,
    world: str | None,
    talks: str | None,
    scope: str,
    parties: str | None,
    weights: str | None,
    authority: str,
    mfn: bool,
    bounds: str,
    model: str | None,
    closure: str | None,
    elasticity: str | None,
    *,
    floors: bool,
) -> DealTable:
    limits = parse_bounds(bounds)
    from parley.deals.limits import AUTHORITIES
    from parley.deals.table import table_of_study, table_of_world, talks_of
    from parley.files.arenas import open_arena
    from parley.labels import allowed_text

    if authority not in AUTHORITIES:
        raise InputError.one(
            f"unknown authority '{authority}'", "--authority",
            "it says whether executives act alone or with approval",
            allowed_text(authority, AUTHORITIES),
        )  # fmt: skip
    arena = open_arena(scenario, world, model, closure, elasticity)
    if world is not None:
        for option, given in (("--talks", talks), ("--scope", None if scope == "table" else scope)):
            if given is not None:
                raise InputError.one(
                    f"{option} with --world", option, "a world alone has no talks",
                    "name a scenario, or leave it out",
                )  # fmt: skip
        names, _ = party_names(parties, arena, "all", "a deal takes two")
        rules = make_rules(arena, names, mfn=mfn, weights=weights or "none", bounds=limits)
        return table_of_world(arena, names, rules)
    if parties is not None:
        raise InputError.one(
            "--parties with a scenario", "--parties",
            "those who bargain are the parties of its talks", "name the talks: --talks ID",
        )  # fmt: skip
    assert arena.study is not None
    chosen = talks_of(arena.study, talks)
    kind = weights or ("scenario" if arena.constituencies else "none")
    rules = make_rules(
        arena, chosen.parties, mfn=False, weights=kind, bounds=limits, where="--talks"
    )
    if floors:
        from dataclasses import replace

        rules = replace(rules, floors=True)
    return table_of_study(arena, chosen, rules, scope=scope, authority=authority)


def _known_solution(name: str) -> None:
    from parley.bargaining.solutions import SOLUTIONS
    from parley.labels import allowed_text

    if name not in SOLUTIONS:
        raise InputError.one(
            f"unknown solution '{name}'", "--solution",
            "a bargaining solution says which deal of the zone is struck",
            allowed_text(name, SOLUTIONS),
        )  # fmt: skip


def _powers(text: str | None, parties: Sequence[str]) -> Any:
    """Return bargaining powers written as "USA=2,JPN=1", None if not given."""
    if text is None:
        return None
    import numpy as np

    from parley.labels import allowed_text

    found = dict.fromkeys(parties, 1.0)
    for part in text.split(","):
        name, _, value = part.partition("=")
        try:
            number = float(value)
        except ValueError:
            number = -1.0
        if name.strip() not in found or not 0 < number < 1e6:
            raise InputError.one(
                f"'{part.strip()}' is no bargaining power", "--powers",
                "a power is PARTY=NUMBER, the number above zero",
                allowed_text(name.strip(), tuple(parties)),
            )  # fmt: skip
        found[name.strip()] = number
    return np.array([found[p] for p in parties])


@contextmanager
def _told() -> Iterator[Any]:
    """Yield a callback (what, done, total) that draws one bar on stderr at a terminal."""
    with progress("common ground") as bar:
        yield lambda what, done, total: bar(done, total)


def _writable(csv: Path | None, html: Path | None, *, force: bool) -> None:
    if csv is not None:
        writable(csv, force=force, folder=True)
    if html is not None:
        writable(html, force=force, file=True)


def _deliver(
    document: dict[str, Any],
    lines: Any,
    *,
    as_json: bool,
    csv: Path | None,
    html: Path | None,
    force: bool,
) -> None:
    """Write tables and the page if asked, print, and end with 3 where a proof is missing."""
    if csv is not None:
        from parley.report.deal import deal_csv_tables

        write_csv_folder(deal_csv_tables(document), csv, force=force)
    if html is not None:
        write_page(document, html)
    if as_json:
        put(json_text(document))
    else:
        show_page(*(styled(line, style) for style, line in lines(document)))
    if not document["certified"]:
        typer.echo("not certified: what is marked so; try another --seed, model or scope", err=True)
        raise typer.Exit(NotConvergedError.exit_code)


def _two_for_a_page(html: Path | None, parties: Sequence[str]) -> None:
    if html is not None and len(parties) != 2:
        raise InputError.one(
            f"{len(parties)} parties", "--html", "a payoff plane has two axes", "leave --html out"
        )


def write_page(document: dict[str, Any], path: Path) -> None:
    """Write the payoff plane of a document of two parties as a page of its own."""
    from parley.files.atomic import write_text
    from parley.report.deal_text import page_notes, plane_of
    from parley.report.plane_figure import figure_html, plane_figure

    plane = plane_of(document)
    assert plane is not None
    write_text(path, figure_html(plane_figure(plane), plane.title, page_notes(document)))
