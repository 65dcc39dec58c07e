"""A threat in one setting: its equilibria, the best retaliation, and the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, Rules, arena_of_study
from parley.equilibrium.result import Equilibrium
from parley.errors import NotConvergedError
from parley.games.certificate import Certificate
from parley.studies import Setting
from parley.threats.case import ThreatCase
from parley.threats.figures import (
    ConstituencyFigures,
    SideFigures,
    constituency_figures,
    outcome,
    third_parties,
)
from parley.threats.retaliation import BestRetaliation, RetaliationRate, best_retaliation
from parley.threats.weights import Group, Switch, switch

__all__ = ["ANSWERS", "AnswerWorth", "CaseResult", "SettingResult", "SettingWork"]

Array = NDArray[np.float64]
Status = Literal["proven", "not proven", "certified", "not certified"]
# What the targets do once the threat is carried out.
ANSWERS: dict[str, str] = {
    "alone": "carried out alone",
    "announced": "with the announced answer",
    "best": "with the best retaliation",
}
# A loss this small, as a fraction of real income, is none: equilibria hold to 1e-9.
SLACK = 1e-9


@dataclass(frozen=True)
class AnswerWorth:
    """What answering is worth to a target, against no answer; US$bn a year.

    Differences of its equivalent variations and of its political welfare (None without
    weights), all targets answering together.
    """

    ev_usd_bn: float
    political_usd_bn: float | None


@dataclass(frozen=True, eq=False)
class CaseResult:
    """One answer in one setting; without proof all figures are empty.

    Attributes
    ----------
    case, status, reason
        One of :data:`ANSWERS`; whether it is proven or, for the best retaliation,
        certified; if not, why and what to try.
    sides
        Party -> its figures against what the threat is held against.
    third_parties_ev_usd_bn
        Sum of the equivalent variations of all other regions, US$bn a year.
    constituencies
        Real income of the scenario's constituencies.
    against_breakdown
        Party -> its figures against what follows if the talks fail; None if that is the
        status quo.
    credible
        "none" and "scenario" (weights) -> whether the threatener would carry it out;
        None where unknown, or without weights.
    margin_pct
        "none" and "scenario" -> what carrying it out leaves the threatener with, the
        reputation cost added, in per cent of its objective; credible from zero up.
    against_silence
        Target -> what the answer is worth to it, against no answer; None for no answer.
    switches
        Switching weights of the groups.
    certificate, rates
        Of the best retaliation.
    """

    case: str
    status: Status
    reason: str = ""
    sides: Mapping[str, SideFigures] | None = None
    third_parties_ev_usd_bn: float | None = None
    constituencies: tuple[ConstituencyFigures, ...] = ()
    against_breakdown: Mapping[str, SideFigures] | None = None
    credible: Mapping[str, bool | None] | None = None
    margin_pct: Mapping[str, float | None] | None = None
    against_silence: Mapping[str, AnswerWorth] | None = None
    switches: tuple[Switch, ...] = ()
    certificate: Certificate | None = None
    rates: tuple[RetaliationRate, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether there are figures."""
        return self.status in ("proven", "certified")


@dataclass(frozen=True, eq=False)
class SettingResult:
    """All answers in one setting."""

    setting: Setting
    cases: tuple[CaseResult, ...]


class SettingWork:
    """One setting while it is worked on: equilibria first, then the best retaliation."""

    def __init__(
        self, case: ThreatCase, setting: Setting, cost_pct: float, groups: Sequence[Group]
    ) -> None:
        self.case, self.setting = case, setting
        self.cost_pct, self.groups = cost_pct, groups
        self.solved: dict[str, Equilibrium] = {}
        self.faults: dict[str, str] = {}
        self.arena: Arena | None = None
        self.weights: Array | None = None
        self.best: BestRetaliation | None = None
        self.rates: tuple[RetaliationRate, ...] = ()

    def prepare(self) -> bool:
        """Solve what needs no game; whether there is one to play."""
        case = self.case
        keys = {"base": case.base, "alone": case.alone, "breakdown": case.breakdown}
        if case.announced is not None:
            keys["announced"] = case.announced
        for name, key in keys.items():
            try:
                self.solved[name] = case.study.equilibrium(key, self.setting)
            except NotConvergedError as error:
                self.faults[name] = f"{error.message}; {error.advice}"
        if "base" not in self.solved or "alone" not in self.solved:
            return False
        here = arena_of_study(case.study, self.setting)
        if case.study.resolved.constituencies:
            self.weights = here.weights(Rules(weights="scenario"), ())
        policy = case.study.policy(case.alone, self.setting)
        self.arena = replace(here, policy=policy, title=f"'{case.threat.id}' carried out")
        try:
            self.arena.base  # noqa: B018  proven here, before threads share the caches
        except NotConvergedError as error:
            self.faults["best"] = f"{error.message}; {error.advice}"
            return False
        return True

    def retaliate(self, seed: int) -> None:
        """Find the best retaliation and the equilibrium it leads to."""
        case, arena = self.case, self.arena
        assert arena is not None
        self.best = best_retaliation(arena, case.targets, case.regions[case.by], seed=seed)
        if self.best is None or not self.best.certificate.ok:
            return
        try:
            self.solved["best"] = arena.equilibrium(self.best.point)
            self.rates = self.best.rates(arena)
        except NotConvergedError as error:
            self.faults["best"] = f"{error.message}; {error.advice}"

    def result(self) -> SettingResult:
        """Return the figures of all answers."""
        names = ["alone", *(["announced"] if self.case.announced else []), "best"]
        if self.best is None and "best" not in self.faults and self.arena is not None:
            names.remove("best")  # the targets buy nothing that they could tax
        return SettingResult(self.setting, tuple(self._case(name) for name in names))

    def _case(self, name: str) -> CaseResult:
        proof = self.best.certificate if name == "best" and self.best is not None else None
        base, new = self.solved.get("base"), self.solved.get(name)
        if base is None or new is None:
            nothing = tuple(switch(g, None, (), 0.0) for g in self.groups)
            reason = self.faults.get(name) or self.faults.get("base") or self.faults.get("alone")
            if reason is None and proof is not None:
                reason = f"not certified: {proof.describe()}; try another setting"
            return CaseResult(
                case=name,
                status="not proven" if proof is None else "not certified",
                reason=reason or "not proven",
                credible={"none": None, "scenario": None},
                switches=nothing,
                certificate=proof,
            )
        at = outcome(base, new)
        case, regions = self.case, self.case.regions
        cost = self.cost_pct / 100.0 * at.income(regions[case.by])
        sides = {p: at.side(regions[p], self._weights_of(p)) for p in case.parties}
        own = sides[case.by]
        least = -cost - SLACK * at.income(regions[case.by])
        political, weighted = None, None
        if own.political_usd_bn is not None and self.weights is not None:
            political = own.political_usd_bn >= least
            level = at.level(regions[case.by], self.weights)
            weighted = 100.0 * (own.political_usd_bn + cost) / level
        return CaseResult(
            case=name,
            status="proven" if proof is None else "certified",
            sides=sides,
            third_parties_ev_usd_bn=third_parties(at, regions),
            constituencies=constituency_figures(at, case.study.resolved.constituencies),
            against_breakdown=self._against_breakdown(new),
            credible={"none": own.ev_usd_bn >= least, "scenario": political},
            margin_pct={"none": own.real_income_pct + self.cost_pct, "scenario": weighted},
            against_silence=self._against_silence(name, base, sides),
            switches=tuple(switch(g, at, regions[case.by], cost) for g in self.groups),
            certificate=proof,
            rates=self.rates if proof is not None else (),
        )

    def _against_silence(
        self, name: str, base: Equilibrium, sides: Mapping[str, SideFigures]
    ) -> Mapping[str, AnswerWorth] | None:
        """Return what an answer is worth to each target; None for no answer."""
        silent = self.solved.get("alone")
        if name == "alone" or silent is None:
            return None
        at = outcome(base, silent)
        found = {}
        for target in self.case.targets:
            new, old = sides[target], at.side(self.case.regions[target], self._weights_of(target))
            political = None
            if new.political_usd_bn is not None and old.political_usd_bn is not None:
                political = new.political_usd_bn - old.political_usd_bn
            found[target] = AnswerWorth(new.ev_usd_bn - old.ev_usd_bn, political)
        return found

    def _weights_of(self, party: str) -> Array | None:
        found = self.case.study.resolved.constituencies
        return self.weights if any(c.party == party for c in found) else None

    def _against_breakdown(self, new: Equilibrium) -> Mapping[str, SideFigures] | None:
        fallen = self.solved.get("breakdown")
        if fallen is None or self.case.breakdown_is == "base":
            return None
        at = outcome(fallen, new)
        regions = self.case.regions
        return {p: at.side(regions[p], self._weights_of(p)) for p in self.case.parties}
