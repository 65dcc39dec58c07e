r"""Exclusive, exhaustive outcomes of some talks by a day, and which of them an end belongs to.

An outcome is a package of the file, a threat that no package carries out, "no deal by the date",
or, where other packages are on the table too, another deal. An agreement or a breakdown counts if
it comes by the day; breakdown at a rate h in the interval :math:`[a, b]` comes by day T with
probability :math:`(1 - e^{-h(T-a)}) / (1 - e^{-h(b-a)})`. A party that leaves for something else
than what follows if the talks fail makes no deal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import expm1, isinf

from parley.calendar.game import End
from parley.errors import InputError
from parley.scenario.document import Scenario
from parley.studies import STATUS_QUO
from parley.timing.game import TalksCalendar

__all__ = ["NO_DEAL", "OTHER_DEAL", "Outcome", "Outcomes", "outcomes_of"]

NO_DEAL = "no-deal"
OTHER_DEAL = "other-deal"


@dataclass(frozen=True)
class Outcome:
    """One outcome: ``kind`` is deal, threat, no-deal or other-deal."""

    id: str
    label: str
    kind: str


@dataclass(frozen=True)
class Outcomes:
    """All outcomes by a day (years from as_of), "no-deal" last.

    ``falls`` is state -> outcome for the states that a failure of the talks brings.
    """

    all: tuple[Outcome, ...]
    day: float
    falls: Mapping[str, str]

    @property
    def ids(self) -> tuple[str, ...]:
        """Ids, in order."""
        return tuple(o.id for o in self.all)

    @property
    def packages(self) -> tuple[str, ...]:
        """Ids of those that a claim may be about: packages of the file, threats carried out."""
        return tuple(o.id for o in self.all if o.kind in ("deal", "threat"))

    def chances(
        self, calendar: TalksCalendar, ends: Sequence[tuple[float, End]]
    ) -> dict[str, float]:
        """Return the probability of every outcome under a lottery over ends."""
        found = dict.fromkeys(self.ids, 0.0)
        for chance, end in ends:
            name, share = self._place(calendar, end)
            found[name] += chance * share
            found[NO_DEAL] += chance * (1.0 - share)
        return found

    def _place(self, calendar: TalksCalendar, end: End) -> tuple[str, float]:
        """Return the outcome of an end, and the probability that it comes by the day."""
        if end.kind == "no-deal":
            return NO_DEAL, 1.0
        share = 1.0 if end.decided <= self.day + 1e-9 else 0.0
        if end.kind == "hazard" and share:
            h, span = calendar.hazard, end.until - end.decided
            passed = min(self.day - end.decided, span)
            share = -expm1(-h * passed) / (1.0 if isinf(span) else -expm1(-h * span))
        key = calendar.stakes.states.keys[end.state]
        if end.kind == "deal":
            return (key if key in self.ids else OTHER_DEAL), share
        name = self.falls.get(key)
        return (NO_DEAL, 1.0) if name is None else (name, share)


def outcomes_of(
    scenario: Scenario, calendar: TalksCalendar, named: Sequence[str], day: float
) -> Outcomes:
    """Return the outcomes of some talks by a day.

    Parameters
    ----------
    scenario, calendar
        The story and the talks.
    named
        Packages that are to be outcomes; those on the table and the breakdown if none.
    day
        The day by which an outcome counts, years from as_of.

    Raises
    ------
    InputError
        If nothing but no deal can come of the talks.
    """
    states = calendar.stakes.states
    table = states.keys[: states.packages]
    failure = states.keys[states.falls]
    kinds = {p.id: p.kind for p in scenario.packages}
    labels = {p.id: p.label or p.id for p in scenario.packages}
    ids = list(dict.fromkeys(named)) or [*table, *([] if failure == STATUS_QUO else [failure])]
    falls: dict[str, str] = {}
    if failure != STATUS_QUO:
        falls[failure] = _same_as(calendar, failure, ids) or failure
        ids += [falls[failure]] if falls[failure] not in ids else []
    for key in (states.keys[s] for s in states.own.values()):
        falls[key] = _same_as(calendar, key, ids) or key
        ids += [falls[key]] if falls[key] not in ids else []
    for key in dict.fromkeys(states.keys[s] for _, s, _, _ in states.exits):
        if key != STATUS_QUO and not key.startswith("exit:") and key not in falls:
            same = _same_as(calendar, key, [i for i in ids if kinds.get(i) != "deal"])
            falls |= {} if same is None else {key: same}
    found = [
        Outcome(i, _label(calendar, labels, i), "deal" if kinds.get(i) == "deal" else "threat")
        for i in ids
    ]
    if any(key not in ids for key in table):
        found.append(Outcome(OTHER_DEAL, "another deal", OTHER_DEAL))
    if not found:
        raise InputError.one(
            f"nothing can come of the talks '{calendar.talks.id}' but no deal",
            scenario.filename or "forecast",
            "odds are over two outcomes or more, and no package is on the table nor follows if "
            "they fail",
            "give the talks an agenda or a breakdown, or name other talks with --talks",
        )
    found.append(Outcome(NO_DEAL, "no deal by the date", NO_DEAL))
    return Outcomes(tuple(found), day, falls)


def _same_as(calendar: TalksCalendar, key: str, ids: Sequence[str]) -> str | None:
    """Return the outcome that a state is: by name, by what it holds, by the threats it holds."""
    if key in ids:
        return key
    packages = calendar.stakes.study.resolved.packages
    here = packages[key]
    for name in ids:
        other = packages.get(name)
        if other is None or other.holds[1:] != here.holds[1:]:
            continue
        if set(other.changes) == set(here.changes):
            return name
    for name in ids:
        if name in packages and here.threats and packages[name].threats == here.threats:
            return name
    return None


def _label(calendar: TalksCalendar, labels: dict[str, str], name: str) -> str:
    states = calendar.stakes.states
    if name in labels:
        return labels[name]
    return states.labels[states.keys.index(name)]
