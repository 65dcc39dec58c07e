"""A threat assessed: every setting, every answer, the verdict and the switching weights."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass

from parley.equilibrium.result import Equilibrium
from parley.errors import InputError, NotConvergedError
from parley.studies import Setting, Study
from parley.threats.case import ThreatCase, threat_case, threat_settings
from parley.threats.setting import CaseResult, SettingResult, SettingWork
from parley.threats.verdict import Cell, Verdict, judge
from parley.threats.weights import Group, Switch, SwitchRange, groups_of, switch_range

__all__ = ["AnswerRange", "ThreatAssessment", "assess_threat"]

MOST_THREADS = 4


@dataclass(frozen=True)
class AnswerRange:
    """What an answer is worth to a target against no answer, in real income, US$bn a year.

    In the main setting and over all ``settings`` where that is proven; in ``costs`` of them
    the answer costs the target more than silence. The political figures are the same with
    the scenario's weights on the target's sectors. None where nothing is proven, or without
    weights.
    """

    case: str
    party: str
    main_usd_bn: float | None
    lowest_usd_bn: float | None
    highest_usd_bn: float | None
    settings: int
    costs: int
    main_political_usd_bn: float | None
    costs_political: int | None


@dataclass(frozen=True, eq=False)
class ThreatAssessment:
    """What carrying out a threat does to everybody, and whether it is credible.

    ``reputation_cost_pct`` is per cent of the threatener's real income; ``equilibria``
    are all solutions that figures come from, ``bases`` those they are held against.
    ``verdict`` is over both objectives, ``verdicts`` by weights: "none" (real income) and,
    where the scenario gives the threatener weights, "scenario".
    """

    case: ThreatCase
    main: Setting
    results: tuple[SettingResult, ...]
    groups: tuple[Group, ...]
    reputation_cost_pct: float
    verdict: Verdict
    verdicts: Mapping[str, Verdict]
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

    @property
    def answers(self) -> tuple[AnswerRange, ...]:
        """What answering is worth to each target, over all settings."""
        names = dict.fromkeys(c.case for r in self.results for c in r.cases if c.case != "alone")
        return tuple(self._answer(name, p) for name in names for p in self.case.targets)

    def _answer(self, name: str, party: str) -> AnswerRange:
        cases = [c for r in self.results for c in r.cases if c.case == name]
        worth = [c.against_silence[party].ev_usd_bn for c in cases if c.against_silence]
        both = [c.against_silence[party].political_usd_bn for c in cases if c.against_silence]
        weighted = [w for w in both if w is not None]
        here = next((c for c in self.result().cases if c.case == name), None)
        main = here.against_silence if here is not None else None
        return AnswerRange(
            case=name,
            party=party,
            main_usd_bn=None if main is None else main[party].ev_usd_bn,
            lowest_usd_bn=min(worth, default=None),
            highest_usd_bn=max(worth, default=None),
            settings=len(worth),
            costs=sum(w < 0 for w in worth),
            main_political_usd_bn=None if main is None else main[party].political_usd_bn,
            costs_political=sum(w < 0 for w in weighted) if weighted else None,
        )

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
    work = [SettingWork(case, setting, cost, groups) for setting in used]
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
        verdicts={
            w: judge([c for c in cells if c.weights == w])
            for w in dict.fromkeys(c.weights for c in cells)
        },
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


def _cells(result: SettingResult) -> list[Cell]:
    s = result.setting
    return [
        Cell(s.model, s.closure, s.elasticity, c.case, weights, verdict, _margin(c, weights))
        for c in result.cases
        for weights, verdict in (c.credible or {}).items()
        if weights == "none" or verdict is not None
    ]


def _margin(c: CaseResult, weights: str) -> float | None:
    return None if c.margin_pct is None else c.margin_pct[weights]


def _switch(result: SettingResult, case: str, group: Group) -> Switch:
    for c in result.cases:
        if c.case == case:
            return next(s for s in c.switches if s.group == group.id)
    return Switch(group.id, "unknown", None, None, None, None, None)
