"""How these talks can end without a deal, and what each government then has.

Three breakdowns (nothing happens; what the scenario says follows, such as a threat carried
out; a trade war) under three ways in which talks end. All are computed, one is in force.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.arena import Rules
from parley.bargaining.disagreement import WAYS, Disagreement, Way, by_deadline, by_exit, by_hazard
from parley.deals.table import DealTable, real_income
from parley.errors import InputError, NotConvergedError
from parley.games.nash import Nash
from parley.labels import allowed_text
from parley.studies import STATUS_QUO

__all__ = ["BREAKDOWNS", "NASH", "NOTHING", "Ending", "Endings", "endings_of"]

Array = NDArray[np.float64]
Kind = Literal["nothing", "threat", "nash-war"]
NOTHING: Kind = "nothing"
NASH: Kind = "nash-war"
BREAKDOWNS = (NOTHING, "threat", NASH)
DISCOUNT = 0.05
"""Discount rate per year of a party for which the file gives none."""


@dataclass(frozen=True, eq=False)
class Ending:
    """One breakdown under one way of ending.

    ``kind``: "nothing", "threat" (what the scenario says follows) or "nash-war";
    ``package`` the package behind it, "" for a war. ``breakdown`` [party]: payoffs after it;
    ``ev`` [party]: the same in real income. ``found``: the disagreement point; None where
    the way does not apply, and ``reason`` says why.
    """

    kind: Literal["nothing", "threat", "nash-war"]
    package: str
    way: Way
    breakdown: Array
    ev: Array
    found: Disagreement | None
    reason: str = ""

    @property
    def name(self) -> str:
        """Name in tables: the breakdown and the way."""
        return f"{self.package or self.kind} by {self.way}"


@dataclass(frozen=True, eq=False)
class Endings:
    """All endings, the one in force, and the war if one was computed.

    ``notes``: outside options that are not counted, and why.
    """

    all: tuple[Ending, ...]
    chosen: Ending
    war: Nash | None
    discounts: Array
    hazard: float | None
    notes: tuple[str, ...] = ()

    @property
    def disagreement(self) -> Disagreement:
        """The disagreement point in force."""
        assert self.chosen.found is not None
        return self.chosen.found


def endings_of(
    table: DealTable,
    *,
    breakdown: str | None = None,
    ends_by: str | None = None,
    hazard: float | None = None,
    war: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Endings:
    """Return what each party has without a deal, in every way, and the one in force.

    Parameters
    ----------
    table
        The table.
    breakdown
        "nothing", "nash-war", or a package; the scenario's if None, "nothing" on a world.
    ends_by
        One of :data:`parley.bargaining.disagreement.WAYS`; the scenario's if None.
    hazard
        Rate of breakdown per year; the scenario's if None.
    war
        Whether the trade war is computed though it is not the breakdown in force.

    Raises
    ------
    InputError
        Unknown breakdown or way, or a way that needs a hazard without one.
    NotConvergedError
        If a breakdown's equilibrium, or the war that is in force, is not proven.
    """
    talks, study = table.talks, table.study
    package = talks.breakdown if talks is not None else STATUS_QUO
    known = (NOTHING, NASH, *(study.package_ids if study is not None else ()))
    if breakdown is not None and breakdown not in known and breakdown != STATUS_QUO:
        raise InputError.one(
            f"unknown breakdown '{breakdown}'",
            "--breakdown",
            "a breakdown is what follows if the talks fail",
            allowed_text(breakdown, known),
        )
    if breakdown not in (None, NOTHING, NASH, STATUS_QUO):
        package = str(breakdown)
    way = ends_by or (talks.ends_by if talks is not None else "deadline")
    if way not in WAYS:
        raise InputError.one(
            f"unknown way '{way}'",
            "--ends-by",
            "talks end by a party's exit, by breakdown at a hazard, or by a deadline",
            allowed_text(way, WAYS),
        )  # fmt: skip
    rate = hazard if hazard is not None else (talks.hazard_per_year if talks else None)
    if hazard is not None and not 0.0 < hazard < float("inf"):
        raise InputError.one(
            f"a rate of breakdown of {hazard:g}",
            "--hazard",
            "it is a rate per year, above zero",
            "0.5 means one breakdown in two years of talks",
        )
    if way == "hazard" and not rate:
        raise InputError.one(
            "no rate of breakdown is known",
            "--hazard",
            "talks that end by hazard need the rate per year at which they break down",
            "give --hazard 0.5, or hazard_per_year in the scenario",
        )
    fought = None
    cases: list[tuple[Kind, str, Array, Array]] = []
    zero = np.zeros(len(table.parties))
    cases.append((NOTHING, STATUS_QUO, zero, zero))
    if package != STATUS_QUO:
        found = table.equilibrium(package)
        cases.append(
            ("threat", package, table.payoffs_of(found)[0], table.ev_of(real_income(found)))
        )
    if war or breakdown == NASH:
        rules = Rules(
            weights=table.rules.weights, weight_table=table.rules.weight_table, against="players"
        )
        fought = table.arena.nash(table.parties, rules, progress=progress)
        if fought.certificate.ok:
            income = fought.point.real_income
            cases.append((NASH, "", table.payoffs.of_income(income)[0], table.ev_of(income)))
        elif breakdown == NASH:
            raise NotConvergedError(
                "the trade war is not certified: " + fought.certificate.describe(),
                fought.path,
                "an uncertified war is no disagreement point: try --closure zero, or another "
                "--breakdown",
                "largest gap to a first-order rate, a fraction, by iteration",
            )
    inside = zero
    if talks is not None and talks.while_talking != STATUS_QUO:
        inside = table.payoffs_of(table.equilibrium(talks.while_talking))[0]
    discounts = _discounts(table)
    outside, notes = _outside(table)
    every = tuple(
        Ending(kind, name, w, payoffs, ev, *_point(w, inside, payoffs, outside, discounts, rate))
        for kind, name, payoffs, ev in cases
        for w in WAYS
    )
    wanted = {None: "threat" if package != STATUS_QUO else NOTHING, STATUS_QUO: NOTHING}.get(
        breakdown, breakdown if breakdown in (NOTHING, NASH) else "threat"
    )
    chosen = next(e for e in every if e.kind == wanted and e.way == way)
    return Endings(every, chosen, fought, discounts, rate, notes)


def _point(
    way: Way,
    inside: Array,
    breakdown: Array,
    outside: Array,
    discounts: Array,
    hazard: float | None,
) -> tuple[Disagreement | None, str]:
    if way == "deadline":
        return by_deadline(breakdown), ""
    if way == "exit":
        return by_exit(inside, np.where(np.isfinite(outside), outside, breakdown)), ""
    if not hazard:
        return None, "no rate of breakdown is named"
    return by_hazard(inside, breakdown, discounts, hazard), ""


def _discounts(table: DealTable) -> Array:
    if table.study is None:
        return np.full(len(table.parties), DISCOUNT)
    rates = {p.id: p.discount_per_year for p in table.study.scenario.parties}
    return np.array([DISCOUNT if rates.get(p) is None else rates[p] for p in table.parties])


def _outside(table: DealTable) -> tuple[Array, tuple[str, ...]]:
    """Return outside options [party] as payoffs, and notes on those that open later.

    The payoff is minus infinity where the file names none that can be taken on as_of.
    """
    found = np.full(len(table.parties), -np.inf)
    if table.study is None or table.talks is None:
        return found, ()
    as_of = table.study.scenario.as_of
    notes = []
    for option in table.study.scenario.outside_options:
        if option.party not in table.parties or option.talks not in (None, table.talks.id):
            continue
        if option.available_from is not None and option.available_from > as_of:
            notes.append(
                f"{option.party}'s outside option '{option.id}' opens on "
                f"{option.available_from.isoformat()}, after {as_of.isoformat()}: it is not counted"
            )
            continue
        k = table.parties.index(option.party)
        if option.package is not None:
            value = float(table.payoffs_of(table.equilibrium(option.package))[0][k])
        else:
            value = float(option.value_usd_bn or 0.0)
        found[k] = max(found[k], value)
    return found, tuple(notes)
