"""A study: one scenario in one world, solved once for every question asked of it.

Everything is solved from the world's year. The status quo is the world plus the measures
in force on ``as_of``; a package is the status quo plus its changes; results compare the
two solutions of one setting. Solutions are kept by package, closure, elasticity and model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import World
from parley.equilibrium import Closure, Equilibrium, solve
from parley.equilibrium.models import Model
from parley.equilibrium.solve import prepare
from parley.equilibrium.welfare import Comparison, compare
from parley.errors import InputError, NotConvergedError
from parley.labels import allowed_text
from parley.policy import Change, Policy
from parley.policy.ledger import Ledger
from parley.policy.wedges import ledger_of_changes, ledger_with, policy_of_ledger
from parley.politics import constituency_income
from parley.purchases.made import PurchaseMade, make_purchases
from parley.results import PackageFigures
from parley.scenario.document import Scenario
from parley.scenario.resolved import Resolved, ResolvedConstituency, ResolvedPackage

__all__ = ["STATUS_QUO", "WORLD_YEAR", "ConstituencyResult", "PackageStudy", "Setting", "Study"]

Array = NDArray[np.float64]
STATUS_QUO = "status-quo"
WORLD_YEAR = "world-year"
_Key = tuple[str, tuple[object, ...]]
"""A package by name, with what it holds."""


@dataclass(frozen=True)
class Setting:
    """What a figure is computed with: deficit closure, elasticity set and model, by name."""

    closure: str
    elasticity: str
    model: str = "caliendo-parro"


@dataclass(frozen=True)
class ConstituencyResult:
    """Real income of a constituency's sectors under a package; changes in per cent."""

    id: str
    party: str
    label: str
    weight: float
    real_income_pct: float
    real_income_change_usd_bn: float
    vetoes: bool | None


@dataclass(frozen=True, eq=False)
class Study:
    """One scenario in one world under one main setting.

    Parameters
    ----------
    scenario, resolved, world
        The story, what it comes to in the world, and the world.
    setting
        Closure, elasticity and model of the main results.
    alternatives
        Settings of the sensitivity lines, the main one included.
    """

    scenario: Scenario
    resolved: Resolved
    world: World
    setting: Setting
    alternatives: tuple[Setting, ...]
    _solved: dict[tuple[_Key, Setting], Equilibrium] = field(default_factory=dict, repr=False)
    _unproven: set[tuple[_Key, Setting]] = field(default_factory=set, repr=False)
    _policies: dict[tuple[_Key, str], Policy] = field(default_factory=dict, repr=False)
    _ledgers: dict[_Key, Ledger] = field(default_factory=dict, repr=False)
    _made: dict[tuple[_Key, Setting], tuple[PurchaseMade, ...]] = field(
        default_factory=dict, repr=False
    )

    @property
    def package_ids(self) -> tuple[str, ...]:
        """Ids of the scenario's packages, in file order."""
        return tuple(self.resolved.packages)

    def changes(self, package: str) -> tuple[Change, ...]:
        """Return all changes against the world's year that make up a package's policy."""
        if package == WORLD_YEAR:
            return ()
        if package == STATUS_QUO:
            return self.resolved.status_quo
        return (*self.resolved.status_quo, *self.resolved_package(package).changes)

    def resolved_package(self, package: str) -> ResolvedPackage:
        """Return a package as it comes out in the world; InputError if there is none."""
        try:
            return self.resolved.packages[package]
        except KeyError:
            raise InputError.one(
                f"unknown package '{package}'",
                self.scenario.filename or "package",
                "the scenario has no such package",
                allowed_text(package, self.package_ids),
            ) from None

    def policy(self, package: str, setting: Setting | None = None) -> Policy:
        """Return the wedges of a package's duties and costs against the world's year.

        Purchases are not in them: their pushes depend on the setting (:meth:`equilibrium`).
        """
        name = (setting or self.setting).elasticity
        key = (self._key(package), name)
        if key not in self._policies:
            theta = self.world.elasticity(name).theta
            self._policies[key] = policy_of_ledger(self.world, theta, self.ledger(package))
        return self._policies[key]

    def ledger(self, package: str) -> Ledger:
        """Return the duties of a package, flow by flow and part by part; not to be changed."""
        key = self._key(package)
        if key not in self._ledgers:
            found = None
            if package not in (STATUS_QUO, WORLD_YEAR):
                own = self.resolved_package(package).changes
                found = ledger_with(self.ledger(STATUS_QUO), own)
            self._ledgers[key] = found or ledger_of_changes(
                self.world, self.changes(package), partition=self.resolved.partition
            )
        return self._ledgers[key]

    def _key(self, package: str) -> _Key:
        """Return what solutions are kept by: studies that share them may differ in packages."""
        if package in (STATUS_QUO, WORLD_YEAR):
            return package, ()
        return package, self.resolved_package(package).holds

    def equilibrium(self, package: str, setting: Setting | None = None) -> Equilibrium:
        """Return the proven equilibrium of a package, "status-quo" or "world-year".

        Raises
        ------
        InputError
            If there is no such package.
        NotConvergedError
            If no equilibrium could be proven.
        """
        use = setting or self.setting
        key = (self._key(package), use)
        if key not in self._solved:
            paid = self.payment(package, use)
            self._solved[key] = self._solve(
                package, self._whole_policy(package, use, paid), use, paid
            )
        return self._solved[key]

    def _solve(self, package: str, policy: Policy, use: Setting, paid: Array | None) -> Equilibrium:
        found = solve(
            self.world,
            policy,
            elasticity=use.elasticity,
            closure=use.closure,
            model=use.model,
            payment=paid,
        )
        return found.require(
            f"'{package}' (closure {use.closure}, elasticity {use.elasticity}, model {use.model})"
        )

    def payment(self, package: str, setting: Setting | None = None) -> Array | None:
        """Return what every region receives from other governments under a package.

        [region], million of the world's currency a year while payments run; None for nothing.
        A party's regions share by their incomes in the status quo.
        """
        if package in (STATUS_QUO, WORLD_YEAR):
            return None
        payments = self.resolved_package(package).payments
        if not payments:
            return None
        found = np.zeros(len(self.world.regions))
        weight = self.equilibrium(STATUS_QUO, setting).income
        for x in payments:
            for sign, side in ((-1.0, x.payers), (1.0, x.receivers)):
                rows = [self.world.region_index(r) for r in side]
                share = weight[rows] / weight[rows].sum()
                found[rows] += sign * share * x.usd_bn_per_year / self.world.usd_bn
        return found

    def purchases_made(
        self, package: str, setting: Setting | None = None
    ) -> tuple[PurchaseMade, ...]:
        """Return what became of a package's purchases; nothing where a model merges all sectors.

        Raises
        ------
        NotConvergedError
            If the package has no proven equilibrium.
        """
        use = setting or self.setting
        self.equilibrium(package, use)
        return self._made.get((self._key(package), use), ())

    def _whole_policy(self, package: str, use: Setting, paid: Array | None) -> Policy:
        """Return the wedges of a package, those that make its purchases among them."""
        if package in (STATUS_QUO, WORLD_YEAR):
            return self.policy(package, use)
        purchases = self.resolved_package(package).purchases
        model = Model.parse(use.model)
        if not purchases or (model.one_sector and len(self.world.sectors) > 1):
            return self.policy(package, use)
        theta = self.world.elasticity(use.elasticity)
        counted = any(p.promise.above_year == self.world.year for p in purchases)
        plain = self.equilibrium(STATUS_QUO, use)
        if any(p.promise.financing == "preference-shift" for p in purchases):
            plain = self._solve(package, self.policy(package, use), use, paid)
        policy, self._made[self._key(package), use] = make_purchases(
            prepare(self.world, theta, Closure.parse(use.closure), model),
            purchases,
            self.ledger(package),
            theta.theta,
            self.equilibrium(STATUS_QUO, use),
            self.equilibrium(WORLD_YEAR, use) if counted else None,
            plain.expenditure_share,
            paid,
        )
        return policy

    def proven(self, package: str, setting: Setting) -> bool:
        """Return whether a package and the status quo have a proven equilibrium in a setting.

        Raises
        ------
        NotConvergedError
            If they have none in the main setting, without which there is no result.
        """
        for name in (STATUS_QUO, package):
            key = (self._key(name), setting)
            if key in self._unproven:
                return False
            try:
                self.equilibrium(name, setting)
            except NotConvergedError:
                if setting == self.setting:
                    raise
                self._unproven.add(key)
                return False
        return True

    def compare(
        self, package: str, *, against: str = STATUS_QUO, setting: Setting | None = None
    ) -> Comparison:
        """Return a package against the status quo, or against another package."""
        return compare(self.equilibrium(against, setting), self.equilibrium(package, setting))

    def package(self, package: str) -> PackageStudy:
        """Return one package's results under the main setting."""
        return PackageStudy(self, self.resolved_package(package))

    def packages(self) -> tuple[PackageStudy, ...]:
        """Return all packages' results under the main setting."""
        return tuple(self.package(name) for name in self.package_ids)

    @property
    def table_parties(self) -> tuple[str, ...]:
        """Regions of the parties at the table, in file order."""
        found: list[str] = []
        third = {p.id for p in self.scenario.parties if p.third_party}
        for party, regions in self.resolved.parties.items():
            if party not in third:
                found += [r for r in regions if r not in found]
        return tuple(found)

    def jobs(self, packages: Sequence[str]) -> list[tuple[str, Setting]]:
        """Return the (package, setting) pairs a brief of these packages needs solved."""
        names = [STATUS_QUO, *packages, *self._breakdowns()]
        pairs = [(name, self.setting) for name in dict.fromkeys(names)]
        for setting in self.alternatives:
            pairs += [(name, setting) for name in (STATUS_QUO, *packages)]
        return list(dict.fromkeys(pairs))

    def run(
        self,
        jobs: Sequence[tuple[str, Setting]],
        progress: Callable[[int, int], None] | None = None,
    ) -> None:
        """Solve the jobs; ``progress`` is told (done, total) after each.

        Outside the main setting a job may fail; :meth:`proven` then says so.
        """
        for done, (package, setting) in enumerate(jobs, start=1):
            self.proven(package, setting)
            if progress is not None:
                progress(done, len(jobs))

    def solutions(self) -> tuple[Equilibrium, ...]:
        """Return every equilibrium solved so far."""
        return tuple(self._solved.values())

    def breakdown_of(self, package: str) -> str:
        """Return what follows if the package's talks fail: a package, or the status quo."""
        talks = self.resolved_package(package).talks
        for entry in self.scenario.talks:
            if entry.id == talks:
                return entry.breakdown
        return STATUS_QUO

    def _breakdowns(self) -> list[str]:
        found = [t.breakdown for t in self.scenario.talks if t.breakdown != STATUS_QUO]
        return list(dict.fromkeys(found))


@dataclass(frozen=True, eq=False)
class PackageStudy:
    """One package of a study, compared with the status quo and with breakdown."""

    study: Study
    resolved: ResolvedPackage

    @property
    def id(self) -> str:
        """Id of the package."""
        return self.resolved.id

    @property
    def figures(self) -> PackageFigures:
        """Figures against the status quo."""
        return PackageFigures(self.study.compare(self.id))

    @property
    def breakdown(self) -> str:
        """Id of the package that follows if the talks fail, or "status-quo"."""
        return self.study.breakdown_of(self.id)

    @property
    def against_breakdown(self) -> PackageFigures:
        """Figures against what follows if the talks fail."""
        return PackageFigures(self.study.compare(self.id, against=self.breakdown))

    def constituencies(self) -> tuple[ConstituencyResult, ...]:
        """Return what every constituency of the scenario gets; nothing if sectors are merged."""
        change = self.study.compare(self.id)
        if change.base.world.sectors != self.study.world.sectors:
            return ()
        return tuple(_constituency(change, c) for c in self.study.resolved.constituencies)

    def sensitivity(self) -> tuple[tuple[Setting, Comparison], ...]:
        """Return the comparison with the status quo under every setting with a proven result."""
        return tuple(
            (setting, self.study.compare(self.id, setting=setting))
            for setting in self.study.alternatives
            if self.study.proven(self.id, setting)
        )

    def table(self) -> str:
        """Return the package's main figures by region as a plain-text table."""
        lines = [
            f"{self.resolved.label} ({self.id}), against the status quo",
            f"{'region':<8}{'real income, %':>16}{'EV, US$bn':>12}{'revenue, US$bn':>16}",
        ]
        for r in self.figures.regions:
            lines.append(
                f"{r.region:<8}{r.real_income_pct:>+16.3f}{r.ev_usd_bn:>+12.2f}"
                f"{r.government_revenue_change_usd_bn:>+16.2f}"
            )
        report = self.figures.comparison.new.report
        lines.append(
            f"{self.figures.comparison.base.model}, {self.study.setting.closure} closure, "
            f"{self.study.setting.elasticity} elasticities, residual {report.worst_residual:.0e}"
        )
        return "\n".join(lines)


def settings_of(
    scenario: Scenario,
    world: World,
    closure: str | None,
    elasticity: str | None,
    model: str | None = None,
) -> tuple[Setting, tuple[Setting, ...]]:
    """Return the main setting and the settings of the sensitivity lines.

    The file's settings hold unless a closure, an elasticity set or a model family is named
    here. Under the main family the sensitivity crosses at least three closures with at
    least three elasticity sets, those of the file first, then the world's; every other
    family of the file is crossed with the closures, at the main elasticity set.
    """
    given = scenario.model
    main = Setting(
        Closure.parse(closure or given.closure).label(),
        world.elasticity(elasticity or given.elasticity).name,
        Model.parse(model or given.family).label(),
    )
    closures = _at_least_three(
        [main.closure, *given.alternatives.closure], ["world-share", "zero", "own-share"]
    )
    sets = _at_least_three(
        [main.elasticity, *given.alternatives.elasticity], [e.name for e in world.elasticities]
    )
    named = [given.family, *given.alternatives.family]
    families = dict.fromkeys(Model.parse(name).label() for name in named)
    crossed = [Setting(c, e, main.model) for c in closures for e in sets]
    others = [Setting(c, main.elasticity, f) for f in families if f != main.model for c in closures]
    return main, (*crossed, *others)


def _at_least_three(first: list[str], more: list[str]) -> list[str]:
    names = list(dict.fromkeys(first))
    for name in more:
        if len(names) >= 3:
            break
        if name not in names:
            names.append(name)
    return names


def _constituency(change: Comparison, c: ResolvedConstituency) -> ConstituencyResult:
    world = change.base.world
    sectors = [world.sector_index(s) for s in c.sectors]
    regions = [world.region_index(r) for r in c.regions]
    base = sum(constituency_income(change.base, r, sectors) for r in regions)
    new = sum(constituency_income(change.new, r, sectors) for r in regions)
    pct = 100.0 * (new / base - 1.0)
    return ConstituencyResult(
        id=c.id,
        party=c.party,
        label=c.label,
        weight=c.weight,
        real_income_pct=pct,
        real_income_change_usd_bn=(new - base) * world.usd_bn,
        vetoes=None if c.veto is None else bool(-pct / 100.0 > c.veto),
    )
