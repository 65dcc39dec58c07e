"""All commitments of a scenario assessed: worth, what keeps them, purchases, figures at odds.

Everything is in the study's main setting and uses its solutions. What cannot be computed has
a reason instead of figures; an equilibrium that is not proven is a reason too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, Rules, arena_of_study
from parley.commitments.breach import BreachCase, breach_cases, purchase_case
from parley.commitments.conditions import Standing, standing_of
from parley.commitments.numbers import NumbersResult, conflicting_numbers
from parley.commitments.purchases import PurchaseResult, assess_purchase, key_of
from parley.commitments.shelf import Shelf
from parley.commitments.worth import CaseWorth, worth_of
from parley.equilibrium.result import Equilibrium
from parley.errors import InputError, NotConvergedError
from parley.labels import allowed_text
from parley.scenario.pledges import Commitment, Threat
from parley.studies import STATUS_QUO, Setting, Study

__all__ = ["CommitmentResult", "CommitmentsAssessment", "Said", "assess_commitments"]

Array = NDArray[np.float64]
Told = Callable[[int, int], None]


@dataclass(frozen=True)
class Said:
    """Claims about a commitment, by where they stand: ids."""

    for_it: tuple[str, ...]
    against_it: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class CommitmentResult:
    """One commitment: whether it stands, what it is worth, and what keeps it.

    ``status``: "computed" (every case has figures), "partly", or "not computed"; ``reasons``
    say what is missing and why. ``unproven`` counts results lost because no equilibrium was
    proven. A purchase that needs no push, or cannot be made in full, has no case.
    """

    commitment: Commitment
    standing: Standing
    said: Said
    status: str
    reasons: tuple[str, ...]
    unproven: int
    cases: tuple[CaseWorth, ...]
    purchases: tuple[PurchaseResult, ...]


@dataclass(frozen=True, eq=False)
class CommitmentsAssessment:
    """The commitments of a scenario in one setting.

    ``numbers`` are threats on whose trade claims differ; ``base`` is the status quo's
    equilibrium, ``equilibria`` are all that figures come from.
    """

    study: Study
    setting: Setting
    commitments: tuple[CommitmentResult, ...]
    numbers: tuple[NumbersResult, ...]
    base: Equilibrium
    equilibria: tuple[Equilibrium, ...]

    @property
    def unproven(self) -> int:
        """Number of results without figures because no equilibrium was proven."""
        lost = sum(c.unproven for c in self.commitments)
        return lost + sum(bool(a.reason) and not n.reason for n in self.numbers for a in n.amounts)


def assess_commitments(
    study: Study,
    *,
    names: Sequence[str] | None = None,
    seed: int = 0,
    told: Told | None = None,
) -> CommitmentsAssessment:
    """Return every commitment of a scenario assessed, or only those named.

    Parameters
    ----------
    study
        The scenario's study; its solutions are used and kept.
    names
        Ids of commitments; all of the file, in its order, if None.
    seed
        Not used: nothing is drawn at random here. It stands in the signature because all
        assessments are called alike.
    told
        Told (done, total) after each commitment and each threat with figures at odds.

    Raises
    ------
    InputError
        An unknown commitment.
    NotConvergedError
        If the status quo has no proven equilibrium.
    """
    del seed
    chosen = _chosen(study, names)
    base = study.equilibrium(STATUS_QUO)
    arena = arena_of_study(study)
    weights = None
    if study.resolved.constituencies and not arena.simulator.base.model.one_sector:
        weights = arena.weights(Rules(weights="scenario"), ())
    shelf = Shelf.of(study)
    threats = _at_odds(study, chosen if names is not None else None)
    total, done = len(chosen) + len(threats), 0
    results: list[CommitmentResult] = []
    for commitment in chosen:
        results.append(_assess(shelf, arena, commitment, weights))
        done += 1
        if told is not None:
            told(done, total)
    numbers: list[NumbersResult] = []
    for threat in threats:
        found = conflicting_numbers(study, threat, weights)
        numbers += [] if found is None else [found]
        done += 1
        if told is not None:
            told(done, total)
    used = {id(base): base}
    for result in results:
        for case in result.cases:
            used |= {id(e): e for e in case.equilibria}
        for purchase in result.purchases:
            for o in purchase.outcomes:
                used |= {} if o.equilibrium is None else {id(o.equilibrium): o.equilibrium}
    for number in numbers:
        for amount in number.amounts:
            used |= {id(e): e for e in amount.equilibria}
    return CommitmentsAssessment(
        shelf.all, study.setting, tuple(results), tuple(numbers), base, tuple(used.values())
    )


def _chosen(study: Study, names: Sequence[str] | None) -> list[Commitment]:
    known = {c.id: c for c in study.scenario.commitments}
    if names is None:
        return list(known.values())
    for name in names:
        if name not in known:
            raise InputError.one(
                f"unknown commitment '{name}'",
                study.scenario.filename or "commitment",
                "the scenario has no such commitment",
                allowed_text(name, tuple(known)) if known else "the scenario has no commitments",
            )
    return [known[name] for name in dict.fromkeys(names)]


def _at_odds(study: Study, chosen: Sequence[Commitment] | None) -> list[Threat]:
    """Return threats on whose trade claims may differ; those the chosen commitments hold back."""
    found = [t for t in study.scenario.threats if t.base_usd_bn and len(t.base_usd_bn.claims) > 1]
    if chosen is None:
        return found
    held = {name for c in chosen for name in c.threats}
    bound = {name for c in chosen for name in c.instruments}
    return [t for t in found if t.id in held or (t.instrument and t.instrument in bound)]


def _assess(
    shelf: Shelf, arena: Arena, commitment: Commitment, weights: Array | None
) -> CommitmentResult:
    """Return one commitment assessed."""
    cases, reasons = breach_cases(shelf, commitment)
    purchases = _purchases(shelf, arena, commitment, weights)
    made: dict[str, Equilibrium] = {}
    unproven = 0
    for p in purchases:
        reasons += [p.reason] if p.reason else []
        for o in p.outcomes:
            if o.reason:
                reasons.append(f"{o.financing}: {o.reason}")
                unproven += o.equilibrium is None
            elif o.equilibrium is not None and o.binds:
                key = key_of(commitment.id, p.buyer, o.financing)
                made[key] = o.equilibrium
                case = purchase_case(shelf, commitment, p.buyer, p.seller, o.financing, key)
                cases += [case] if isinstance(case, BreachCase) else []
                reasons += [case] if isinstance(case, str) else []
    study = shelf.all

    def solution(key: str) -> Equilibrium:
        return made[key] if key in made else study.equilibrium(key)

    found: list[CaseWorth] = []
    for case in cases:
        try:
            found.append(worth_of(study, commitment, case, solution, weights))
        except NotConvergedError as error:
            unproven += 1
            reasons.append(f"{_named(case)}: {error.message}; {error.advice}")
    known = found or any(o.ok for p in purchases for o in p.outcomes)
    status = "not computed" if not known else "partly" if reasons else "computed"
    return CommitmentResult(
        commitment=commitment,
        standing=standing_of(study.scenario, commitment),
        said=_said(study, commitment),
        status=status,
        reasons=tuple(dict.fromkeys(reasons)),
        unproven=unproven,
        cases=tuple(found),
        purchases=tuple(purchases),
    )


def _purchases(
    shelf: Shelf, arena: Arena, commitment: Commitment, weights: Array | None
) -> list[PurchaseResult]:
    if commitment.purchase is None:
        return []
    ends = [(commitment.by, commitment.to)]
    if commitment.mutual and commitment.to is not None:
        ends.append((commitment.to, commitment.by))
    return [
        assess_purchase(shelf.study, shelf.story, arena, commitment, buyer, seller, weights)
        for buyer, seller in ends
    ]


def _named(case: BreachCase) -> str:
    return f"{case.form} {case.financing}".strip() + f", broken by {case.breaker}"


def _said(study: Study, commitment: Commitment) -> Said:
    """Return the claims about a commitment: those it names, and those that name it.

    A claim that asserts something speaks for a promise that is disputed; of another promise
    it may say anything, so there it counts for neither side.
    """
    about = f"commitment:{commitment.id}"
    claims = [c for c in study.scenario.claims if c.id in commitment.claims or about in c.about]

    def of(*stances: str) -> tuple[str, ...]:
        return tuple(c.id for c in claims if c.stance in stances)

    neither, pro = ("demands", "no-comment"), ("supports",)
    if commitment.disputed:
        return Said(of(*pro, "asserts"), of("denies"), of(*neither))
    return Said(of(*pro), of("denies"), of(*neither, "asserts"))
