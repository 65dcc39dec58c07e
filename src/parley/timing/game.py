"""A scenario's talks as a game: dates, stakes and rules joined."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.calendar.game import Deadline, Exit, Game, Offers, Round
from parley.calendar.play import Play, play
from parley.counted import counted
from parley.deals.table import talks_of
from parley.errors import InputError
from parley.labels import allowed_text
from parley.scenario.people import Party
from parley.scenario.phases import phases_of
from parley.scenario.pledges import Talks
from parley.studies import Study
from parley.timing.plan import DAYS_PER_YEAR, Plan, plan_of
from parley.timing.stakes import Stakes, Weights, stakes_of

__all__ = ["EXIT_DAY", "TalksCalendar", "calendar_of"]

Array = NDArray[np.float64]
EXIT_DAY = "open to leave"
"""Name of a day on which nothing can be agreed, but parties may leave."""


@dataclass(frozen=True, eq=False)
class TalksCalendar:
    """Some talks with their dates and stakes, ready to be played.

    Attributes
    ----------
    stakes
        What every state is worth to whom.
    offers, first
        Who may propose in a round, and who does first where the file says so.
    lag_days
        Days from agreement to entry into force: the longest of the parties' ratifiers.
    hazard
        Rate of breakdown a year.
    transfer_cap
        Most that one party may pay another a year, US$bn.
    notes
        What was assumed or left out.
    """

    stakes: Stakes
    offers: Offers
    first: int | None
    lag_days: int
    lag_party: str
    hazard: float
    transfer_cap: float
    notes: tuple[str, ...]

    @property
    def plan(self) -> Plan:
        """The dates."""
        return self.stakes.plan

    @property
    def talks(self) -> Talks:
        """The talks."""
        return self.stakes.talks

    @property
    def parties(self) -> tuple[str, ...]:
        """Names of the parties."""
        return self.stakes.parties

    @property
    def objective(self) -> str:
        """What the parties want, in words."""
        return (
            "political welfare, weights of the scenario's constituencies"
            if self.stakes.weighted
            else "real income"
        )

    def shut_at(self, date: dt.date, plan: Plan | None = None) -> dict[str, str]:
        """Return the packages that cannot be agreed on a day, each with the reason."""
        use, states = plan or self.plan, self.stakes.states
        shut = {k: "; ".join(why) for k, why in self.stakes.closed.items()}
        for key in states.keys[: states.packages]:
            for gate in use.gates:
                if date < gate.date and self.gives(key, gate.party, gate.constituency):
                    shut.setdefault(
                        key, f"{gate.party} concedes nothing before '{gate.id}' ({gate.date})"
                    )
        return shut

    def gives(self, key: str, party: str, constituency: str | None) -> bool:
        """Return whether a package holds a concession that a gate keeps back."""
        given = self.stakes.study.resolved.packages[key].gives(party)
        if constituency is None:
            return bool(given)
        for c in self.stakes.study.resolved.constituencies:
            if c.id == constituency:
                return any(g.sector in c.sectors for g in given)
        return bool(given)

    def game(
        self,
        *,
        sure: bool = True,
        plan: Plan | None = None,
        weights: Weights | None = None,
        discount: Array | None = None,
    ) -> Game:
        """Return the game.

        Parameters
        ----------
        sure
            Whether a threat that is not put off any more is carried out whatever it costs;
            else its owner may let it lapse at the cost of its reputation.
        plan
            Other dates than the scenario's.
        weights
            Other weights by constituency than the scenario's.
        discount
            Other discounts per year, [party].
        """
        use, stakes = plan or self.plan, self.stakes
        states = stakes.states
        used = stakes.weights if weights is None else weights
        keys = states.keys[: states.packages]
        consent = [self.consent_to(k) for k in keys]
        rounds = []
        for r in use.rounds:
            shut = self.shut_at(r.date, use)
            proposer = self.parties.index(r.proposer) if r.proposer in self.parties else None
            present = tuple(self.parties.index(p) for p in r.present)
            can = [not present or set(c) <= set(present) for c in consent]
            open_ = tuple(k not in shut and ok for k, ok in zip(keys, can, strict=True))
            rounds.append(Round(r.id, use.years(r.date), open_, proposer, present=present))
        for day in sorted({0.0, *(since for *_, since in states.exits)} if states.exits else ()):
            rounds.append(Round(EXIT_DAY, day, (False,) * len(keys), exit_only=True))
        cost = self._reputation(used)
        deadlines = [
            Deadline(
                id=d.id,
                day=use.years(d.date),
                state=states.own.get(d.threat, states.falls),
                owner=None if d.owner is None else self.parties.index(d.owner),
                extends=d.extends_days / DAYS_PER_YEAR,
                extensions=d.extensions,
                may_lapse=not sure and d.owner is not None,
                cost=0.0 if d.owner is None else float(cost[self.parties.index(d.owner)]),
                earliest=0.0 if d.earliest is None else max(0.0, use.years(d.earliest)),
                together=d.together,
            )
            for d in use.deadlines
        ]
        return Game(
            parties=self.parties,
            states=states.keys,
            packages=states.packages,
            flows=stakes.flows(use, used, discount),
            inside=states.inside,
            delta=1.0 - (stakes.discount if discount is None else discount),
            rounds=tuple(rounds),
            deadlines=tuple(deadlines),
            exits=tuple(Exit(p, s, since) for p, s, _, since in states.exits if self.ends_by(p)),
            offers=self.offers,
            hazard=self.hazard,
            hazard_state=states.falls,
            lag=(self.lag_days / DAYS_PER_YEAR,) * states.packages,
            transfer_cap=self.transfer_cap,
            consent=tuple(consent),
            earliest=tuple(self._earliest(k) for k in states.keys),
        )

    def consent_to(self, package: str) -> tuple[int, ...]:
        """Return the positions of the parties that must agree to a package."""
        named = self.stakes.study.resolved.packages[package].consent
        return tuple(k for k, p in enumerate(self.parties) if p in named or not named)

    def ends_by(self, party: int) -> bool:
        """Return whether the talks end if a party leaves: nothing can be agreed without it."""
        states = self.stakes.states
        return all(party in self.consent_to(k) for k in states.keys[: states.packages])

    def _earliest(self, key: str) -> float:
        """Return the first day (years) on which the threats of a state can take effect."""
        if key.startswith("exit:"):  # others then have what follows if the talks fail
            key = self.stakes.states.keys[self.stakes.states.falls]
        found = self.stakes.study.resolved.packages.get(key)
        if found is None or found.kind == "deal":
            return 0.0
        days = [
            self.plan.years(t.earliest)
            for t in self.stakes.study.scenario.threats
            if t.id in found.threats and t.earliest is not None
        ]
        return max([0.0, *days])

    def play(self, game: Game) -> Play:
        """Return the game played under every order of proposals that the file leaves open."""
        return play(game, self.first)

    def _reputation(self, weights: Weights) -> Array:
        """Return what letting a threat lapse costs each party, US$bn a year, [party]."""
        given = {p.id: p.reputation_cost or 0.0 for p in self.stakes.study.scenario.parties}
        rho = np.array([given.get(p, 0.0) for p in self.parties])
        found: Array = rho * self.stakes.income(weights)
        return found


def calendar_of(study: Study, name: str | None = None) -> TalksCalendar:
    """Return the calendar of some talks of a scenario.

    Parameters
    ----------
    study
        The study; the states' equilibria are solved where they are not yet.
    name
        Talks; the forecast's if None, else the first with a deal on the table.

    Raises
    ------
    InputError
        If there are no such talks, or all in one are asked for.
    NotConvergedError
        If a state has no proven equilibrium.
    """
    scenario = study.scenario
    if name is None and scenario.forecast is not None:
        name = scenario.forecast.talks
    talks = talks_of(study, name)
    if talks not in scenario.talks:
        raise InputError.one(
            f"'{talks.id}' is no single negotiation", "--talks",
            "rounds and deadlines belong to some talks of the scenario",
            allowed_text("", tuple(t.id for t in scenario.talks)),
        )  # fmt: skip
    _going_on(talks, scenario.filename)
    plan = plan_of(scenario, talks)
    stakes = stakes_of(study, talks, plan)
    people = {p.id: p for p in scenario.parties}
    lag, slow = _lag(talks, people)
    notes = list(plan.notes)
    if talks.state in ("suspended", "not-started"):
        notes.append(
            f"the talks are {talks.state}: they are played as if their meetings took place"
        )
    if study.resolved.constituencies and not stakes.weighted:
        notes.append(
            f"model {study.setting.model} merges all sectors: no political weights and no vetoes"
        )
    for name_of, state in stakes.states.own.items():
        notes.append(
            f"the deadline of '{name_of}' brings '{stakes.states.keys[state]}' alone: another "
            "threat over these talks uses the same instrument"
        )
    joint = [k for k in stakes.states.keys if k.startswith("threat:") and "+" in k]
    if joint:
        label = stakes.states.labels[stakes.states.keys.index(joint[0])]
        notes.append(f"whichever deadline is carried out, the talks have failed, and {label} come")
    for key in stakes.states.keys[: stakes.states.packages]:
        notes += counted(stakes.study, key, yearly=True)
    inside = study.resolved.packages.get(stakes.states.keys[stakes.states.inside])
    if inside is not None and phases_of(scenario, study.world, inside):
        notes.append(f"while they talk '{inside.id}' counts with all of it in force")
    if talks.ends_by != "exit":
        for option in scenario.outside_options:
            if option.party in talks.parties and option.talks in (None, talks.id):
                notes.append(
                    f"the outside option '{option.id}' is not used: these talks end by "
                    f"{talks.ends_by}, not by exit"
                )
    for party in stakes.assumed:
        rate = float(stakes.discount[talks.parties.index(party)])
        notes.append(f"no discount_per_year is given for {party}: {rate:.2f} assumed")
    fallen = study.resolved.packages.get(talks.breakdown)
    for threat in scenario.threats:
        answers = [a for a in threat.answered_by if fallen is None or a not in fallen.threats]
        if answers and any(d.threat == threat.id for d in plan.deadlines):
            notes.append(
                f"an answer to '{threat.id}' ({', '.join(answers)}) is no move of the game: what "
                f"follows is '{talks.breakdown}', as the file has it"
            )
    if not slow:
        notes.append("no lag_days is given for any ratifier: deals are in force at once")
    hazard = talks.hazard_per_year if talks.ends_by == "hazard" else None
    return TalksCalendar(
        stakes,
        talks.offers or "alternating",
        None if talks.first_proposer is None else talks.parties.index(talks.first_proposer),
        lag,
        slow,
        hazard or 0.0,
        talks.side_payment_usd_bn or 0.0,
        tuple(notes),
    )


def _going_on(talks: Talks, filename: str) -> None:
    if talks.state in ("failed", "concluded"):
        raise InputError.one(
            f"the talks '{talks.id}' are {talks.state}",
            f"{filename}: talks[{talks.id}].state",
            "there is nothing left to agree, and no game to play",
            "name other talks with --talks, or correct the state",
        )


def _lag(talks: Talks, people: dict[str, Party]) -> tuple[int, str]:
    """Return the longest ratification lag in days, and whose it is ("" where none is given)."""
    found = (0, "")
    for name in talks.parties:
        ratifier = people[name].ratifier if name in people else None
        days = ratifier.lag_days if ratifier is not None else None
        if days is not None and (days > found[0] or not found[1]):
            found = (days, name)
    return found
