"""``parley optimum``, ``parley nash``, ``parley cooperate``: what tariffs governments would set."""

from __future__ import annotations

from typing import Annotated

import typer

from parley.cli.brief import Closure, Csv, Elasticity, Force, Json, Model
from parley.cli.game_options import (
    Against,
    Bounds,
    Floors,
    Mfn,
    Parties,
    Scenario,
    Seed,
    Weights,
    World,
    deliver,
    make_rules,
    parse_bounds,
    party_names,
)
from parley.cli.output import progress
from parley.cli.render import writable
from parley.errors import InputError

__all__ = ["cooperate", "nash", "optimum"]

DEFAULT_BOUNDS = "0:10"
ORIGINS = ("nash", "applied", "free-trade")
WAR = "a war takes two players; one alone has an optimum"
COOPERATION = "a gain in common takes two players; one alone has an optimum"


def optimum(
    scenario: Scenario = None,
    world: World = None,
    party: Annotated[
        str | None,
        typer.Option(
            metavar="PARTY", help="Whose tariffs: a party of the scenario, or a region. Needed."
        ),
    ] = None,
    against: Against = "all",
    mfn: Mfn = False,
    weights: Weights = "none",
    bounds: Bounds = DEFAULT_BOUNDS,
    floors: Floors = False,
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    seed: Seed = 0,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Find one party's optimal tariffs, all others' as they are, with a certificate."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    limits = parse_bounds(bounds)
    from parley.files.arenas import open_arena
    from parley.report.games import optimum_document

    arena = open_arena(scenario, world, model, closure, elasticity)
    if party is None:
        raise InputError.one(
            "no party is named",
            "--party",
            "an optimum is one party's",
            "use one of: " + ", ".join(dict.fromkeys((*arena.groups, *arena.world.regions))),
        )
    rules = make_rules(
        arena,
        [party],
        mfn=mfn,
        weights=weights,
        bounds=limits,
        floors=floors,
        against=against,
        where="--party",
    )
    with progress(f"optimal tariffs of {party}"):
        found = arena.optimum(party, rules, seed=seed)
        document = optimum_document(arena, rules, found, seed=seed)
    deliver(document, as_json=as_json, csv=csv, force=force)


def nash(
    scenario: Scenario = None,
    world: World = None,
    parties: Parties = None,
    against: Against = "all",
    mfn: Mfn = False,
    weights: Weights = "none",
    bounds: Bounds = DEFAULT_BOUNDS,
    floors: Floors = False,
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    seed: Seed = 0,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Find a trade war's tariffs, from which no player would move alone, with a certificate."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    limits = parse_bounds(bounds)
    from parley.files.arenas import open_arena
    from parley.report.games import nash_document

    arena = open_arena(scenario, world, model, closure, elasticity)
    names, told_first = party_names(parties, arena, against, WAR)
    rules = make_rules(
        arena, names, mfn=mfn, weights=weights, bounds=limits, floors=floors, against=against
    )
    with progress("trade war") as told:
        found = arena.nash(names, rules, seed=seed, progress=told)
        document = nash_document(arena, rules, found, seed=seed, told=told_first)
    deliver(document, as_json=as_json, csv=csv, force=force)


def cooperate(
    scenario: Scenario = None,
    world: World = None,
    origin: Annotated[
        str,
        typer.Option(
            "--from", metavar="ORIGIN", help="Gains are measured from nash, applied or free-trade."
        ),
    ] = "applied",
    parties: Parties = None,
    against: Against = "all",
    mfn: Mfn = False,
    weights: Weights = "none",
    bounds: Bounds = DEFAULT_BOUNDS,
    model: Model = None,
    closure: Closure = None,
    elasticity: Elasticity = None,
    seed: Seed = 0,
    as_json: Json = False,
    csv: Csv = None,
    force: Force = False,
) -> None:
    """Find the tariffs of the largest gain that all players have in common."""
    if csv is not None:
        writable(csv, force=force, folder=True)
    limits = parse_bounds(bounds)
    if origin not in ORIGINS:
        from parley.labels import allowed_text

        raise InputError.one(
            f"unknown origin '{origin}'",
            "--from",
            "it says what the gains are measured from",
            allowed_text(origin, ORIGINS),
        )
    from parley.files.arenas import open_arena
    from parley.report.games import cooperate_document

    arena = open_arena(scenario, world, model, closure, elasticity)
    names, told_first = party_names(parties, arena, against, COOPERATION)
    rules = make_rules(arena, names, mfn=mfn, weights=weights, bounds=limits, against=against)
    war = None
    if origin == "nash":
        with progress("trade war") as told:
            war = arena.nash(names, rules, seed=seed, progress=told)
    with progress("cooperation") as told:
        found = arena.cooperate(names, rules, origin, seed=seed, progress=told, war=war)
        document = cooperate_document(
            arena, rules, found, origin, war=war, seed=seed, told=told_first
        )
    deliver(document, as_json=as_json, csv=csv, force=force)
