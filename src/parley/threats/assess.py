"""A threat assessed: every setting, every answer, the verdict and the switching weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.arena import Arena, Rules, arena_of_study
from parley.equilibrium.result import Equilibrium
from parley.errors import InputError, NotConvergedError
from parley.games.certificate import Certificate
from parley.studies import STATUS_QUO, Setting, Study
from parley.threats.case import ThreatCase, threat_case, threat_settings
from parley.threats.figures import (
    ConstituencyFigures,
    SideFigures,
    constituency_figures,
    outcome,
    third_parties,
)
from parley.threats.retaliation import BestRetaliation, RetaliationRate, best_retaliation
from parley.threats.verdict import Cell, Verdict, judge
from parley.threats.weights import Group, Switch, SwitchRange, groups_of, switch, switch_range

__all__ = ["ANSWERS", "CaseResult", "SettingResult", "ThreatAssessment", "assess_threat"]

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
MOST_THREADS = 4


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


@dataclass(frozen=True, eq=False)
class ThreatAssessment:
    """What carrying out a threat does to everybody, and whether it is credible.

    ``reputation_cost_pct`` is per cent of the threatener's real income; ``equilibria``
    are all solutions that figures come from, ``bases`` those they are held against.
    """

    case: ThreatCase
    main: Setting
    results: tuple[SettingResult, ...]
    groups: tuple[Group, ...]
    reputation_cost_pct: float
    verdict: Verdict
    ranges: tuple[SwitchRange, ...]
    equilibria: tuple[Equilibrium, ...]
    bases: tuple[tuple[Setting, Equilibrium], ...]

    @property
    def joint(self) -> bool:
        """Whether the best retaliation is one of several targets together."""
        return len(self.case.targets) > 1

    @property
    def unproven(self) -> tuple[tuple[Setting, CaseResult], ...]:
        """Settings and cases without figures."""
        return tuple((r.setting, c) for r in self.results for c in r.cases if not c.ok)

    def result(self, setting: Setting | None = None) -> SettingResult:
        """Return the result of a setting, the main one if None."""
        wanted = setting or self.main
        return next(r for r in self.results if r.setting == wanted)


def assess_threat(
    study: Study,
    threat: str,
    *,
    settings: Sequence[Setting] | None = None,
    reputation_cost_pct: float | None = None,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> ThreatAssessment:
    """Return a threat assessed in every setting.

    Parameters
    ----------
    study
        The scenario's study; its solutions are used and kept.
    threat
        Id of one of the scenario's threats.
    settings
        Settings to assess in; those of :func:`threat_settings` if None. The study's own is
        the main one if it is among them, else the first.
    reputation_cost_pct
        What backing down costs the threatener, per cent of its real income; what the
        scenario says of the party, else zero, if None.
    seed
        Of the certificates' random deviations.
    progress
        Told (done, total) after each setting.

    Raises
    ------
    InputError
        Unknown threat, no trade that it touches, a negative reputation cost.
    """
    case = threat_case(study, threat)
    used = tuple(settings or threat_settings(study))
    cost = _cost(case, reputation_cost_pct)
    groups = groups_of(case.by, case.sectors, study.resolved.constituencies)
    work = [_Setting(case, setting, cost, groups) for setting in used]
    done = 0
    with ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1)) as pool:
        waiting = {pool.submit(w.retaliate, seed): w for w in work if w.prepare()}
        for _ in as_completed(waiting):
            done += 1
            if progress is not None:
                progress(done, len(work))
        for future in waiting:
            future.result()
    main = next((w for w in work if w.setting == study.setting), work[0])
    if "base" not in main.solved:
        raise NotConvergedError(main.faults["base"])
    results = tuple(w.result() for w in work)
    cells = [cell for r in results for cell in _cells(r)]
    cases = list(dict.fromkeys(c.case for r in results for c in r.cases))
    ranges = tuple(
        switch_range(g, name, [_switch(r, name, g) for r in results])
        for g in groups
        for name in cases
    )
    return ThreatAssessment(
        case=case,
        main=main.setting,
        results=results,
        groups=groups,
        reputation_cost_pct=cost,
        verdict=judge(cells),
        ranges=ranges,
        equilibria=tuple({id(e): e for w in work for e in w.solved.values()}.values()),
        bases=tuple((w.setting, w.solved["base"]) for w in work if "base" in w.solved),
    )


def _cost(case: ThreatCase, given: float | None) -> float:
    if given is None:
        party = next((p for p in case.study.scenario.parties if p.id == case.by), None)
        known = party.reputation_cost if party is not None else None
        return 100.0 * (known or 0.0)
    if not 0.0 <= given < 100.0:
        raise InputError.one(
            f"a reputation cost of {given:g}",
            "--rho",
            "it is what backing down costs, in per cent of the threatener's real income",
            "give a number from 0 up, such as 0.05",
        )
    return given


class _Setting:
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
        political = None if own.political_usd_bn is None else own.political_usd_bn >= least
        return CaseResult(
            case=name,
            status="proven" if proof is None else "certified",
            sides=sides,
            third_parties_ev_usd_bn=third_parties(at, regions),
            constituencies=constituency_figures(at, case.study.resolved.constituencies),
            against_breakdown=self._against_breakdown(new),
            credible={"none": own.ev_usd_bn >= least, "scenario": political},
            switches=tuple(switch(g, at, regions[case.by], cost) for g in self.groups),
            certificate=proof,
            rates=self.rates if proof is not None else (),
        )

    def _weights_of(self, party: str) -> Array | None:
        found = self.case.study.resolved.constituencies
        return self.weights if any(c.party == party for c in found) else None

    def _against_breakdown(self, new: Equilibrium) -> Mapping[str, SideFigures] | None:
        fallen = self.solved.get("breakdown")
        if fallen is None or self.case.breakdown in (STATUS_QUO, self.case.base):
            return None
        at = outcome(fallen, new)
        regions = self.case.regions
        return {p: at.side(regions[p], self._weights_of(p)) for p in self.case.parties}


def _cells(result: SettingResult) -> list[Cell]:
    s = result.setting
    return [
        Cell(s.model, s.closure, s.elasticity, c.case, weights, verdict)
        for c in result.cases
        for weights, verdict in (c.credible or {}).items()
        if weights == "none" or verdict is not None
    ]


def _switch(result: SettingResult, case: str, group: Group) -> Switch:
    for c in result.cases:
        if c.case == case:
            return next(s for s in c.switches if s.group == group.id)
    return Switch(group.id, "unknown", None, None, None)
