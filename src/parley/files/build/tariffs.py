"""Applied tariffs of 2017: the cube's, repaired, with better sources where there are any.

The cube holds means over tariff lines for 15 groups of goods, with specific duties
turned into ad valorem ones. That makes some means absurd (91 % on US food imports).
Its structure by partner is good: who has a preference, and of what size. So each rate
is split into the importer's rate for suppliers without preference (the *level*: the
highest over partners) and the partner's fraction of it (the *preference*):

1. services bear no tariff;
2. a level above ``NO_INFORMATION`` (50 %) is replaced by the median level of the other
   importers in that sector, a level above ``CAP`` (30 %, the 99.5th percentile of all
   goods cells) by the cap;
3. where the 44-sector tables know the importer (Brazil, China, the EU, India, Japan,
   the United States), the level is their mean over suppliers without preference, and
   where they know the pair, their rate is taken as it is;
4. national schedules overrule (``tariff_rules.csv``);
5. the cube's "rest of the world" has no tariffs at all (missing, not free trade): the
   44-sector rest of the world stands in for it;
6. free-trade areas and preferences keep the cube's fraction of the level throughout;
   members of the EU's customs union (with the United Kingdom) trade freely inside and
   enter other markets on the same terms.

Then rates become means over member economies weighted by net imports, and the tariff
inside a region is dropped: its flows are domestic sales.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from parley.economy.world import AuditEntry
from parley.files.build.concordance import Concordance, TariffRule
from parley.files.build.sources import Cube, Tables44
from parley.files.build.tariff_regions import Tariffs, aggregate_tariffs
from parley.files.build.tariff_tables import CUSTOMS_UNION, FREE, REST, Known

__all__ = ["CAP", "NO_INFORMATION", "applied_tariffs"]

Array = NDArray[np.float64]
CAP = 0.30
NO_INFORMATION = 0.50


def applied_tariffs(cube: Cube, tables: Tables44, concordance: Concordance) -> Tariffs:
    """Return the repaired tariffs of the regions (see the module's rules)."""
    audit: list[AuditEntry] = []
    values, services = _without_services(cube, concordance)
    audit += services
    level = _levels(values, cube)
    preference = np.divide(
        values, level[:, None, :], out=np.zeros_like(values), where=level[:, None, :] > FREE
    )
    preference, entries = _one_supplier(preference, cube, concordance)
    audit += entries
    preference = _with_rest_of_world(preference, cube)
    new_level, entries = _repaired_levels(level, cube, concordance)
    audit += entries
    known = Known(cube, tables, concordance)
    new_level, entries = known.levels(new_level, level, preference)
    audit += entries
    values = preference * new_level[:, None, :]
    values = known.pairs(values, level)
    values, entries = _rest_of_world(values, known, cube, concordance)
    audit += entries
    values, entries = _national(values, preference, level, cube, concordance)
    audit += entries
    values = known.inside_union_free(values)
    return aggregate_tariffs(values, cube, concordance, audit)


def _without_services(cube: Cube, concordance: Concordance) -> tuple[Array, list[AuditEntry]]:
    values = cube.tariffs.copy()
    entries = []
    own = np.arange(len(cube.economies))
    for s, sector in enumerate(concordance.sectors):
        if sector in concordance.goods:
            continue
        revenue = (cube.flows[:, :, s] * values[:, :, s]).sum(axis=1)
        imports = cube.flows[:, :, s].sum(axis=1) - cube.flows[own, own, s]
        for n, economy in enumerate(cube.economies):
            if revenue[n] > 0:
                entries.append(
                    AuditEntry(
                        "tariff-services",
                        f"{economy} <- all, {sector}",
                        f"{revenue[n] / imports[n]:.4%} on average",
                        "0",
                        "services bear no tariff",
                    )
                )
        values[:, :, s] = 0.0
    return values, entries


def _levels(values: Array, cube: Cube) -> Array:
    """Return the rate of suppliers without preference [importer, sector]."""
    others = values.copy()
    own = np.arange(len(cube.economies))
    others[own, own, :] = -np.inf
    level: Array = others.max(axis=1)
    return level


def _repaired_levels(
    level: Array, cube: Cube, concordance: Concordance
) -> tuple[Array, list[AuditEntry]]:
    new = level.copy()
    entries = []
    for s, sector in enumerate(concordance.sectors):
        sound = level[(level[:, s] > FREE) & (level[:, s] <= CAP), s]
        for n, economy in enumerate(cube.economies):
            if level[n, s] > NO_INFORMATION:
                new[n, s] = np.median(sound)
                reason = (
                    "a mean this high comes from specific duties converted at low unit values "
                    f"and tells nothing; median of the {sound.size} sound importers"
                )
            elif level[n, s] > CAP:
                new[n, s] = CAP
                reason = (
                    f"above {CAP:.0%}, the 99.5th percentile of all goods rates: specific duties "
                    "and a few prohibitive lines pull the mean up; capped"
                )
            else:
                continue
            entries.append(
                AuditEntry(
                    "tariff-outlier",
                    f"{economy} <- suppliers without preference, {sector}",
                    f"{level[n, s]:.2%}",
                    f"{new[n, s]:.2%}",
                    reason,
                )
            )
    return new, entries


def _national(
    values: Array, preference: Array, cube_level: Array, cube: Cube, concordance: Concordance
) -> tuple[Array, list[AuditEntry]]:
    """Apply the rates of national schedules in their order."""
    out = values.copy()
    entries = []
    at = {e: i for i, e in enumerate(cube.economies)}
    rules = [(r, e) for r in concordance.tariff_rules for e in _importers(r, cube, concordance)]
    for rule, importer in rules:
        n, s = at[importer], concordance.sectors.index(rule.sector)
        before = out[n, :, s].copy()
        for exporter in _exporters(rule, importer, cube):
            i = at[exporter]
            if rule.rule == "level":
                out[n, i, s] = rule.rate * preference[n, i, s]
            elif rule.rule == "set":
                out[n, i, s] = rule.rate
            else:
                out[n, i, s] = cube_level[n, s] * preference[n, i, s]
        changed = np.abs(out[n, :, s] - before) > 1e-12
        if changed.any() or rule.rule == "set":
            entries.append(
                AuditEntry(
                    "tariff-schedule",
                    f"{importer} <- {'all' if rule.exporter == '*' else rule.exporter}, "
                    f"{rule.sector}",
                    _range(before[changed]) if changed.any() else "0.00%",
                    _range(out[n, changed, s]) if changed.any() else f"{rule.rate:.2%}",
                    f"{rule.reason} ({rule.source}); {int(changed.sum())} suppliers change",
                )
            )
    return out, entries


def _importers(rule: TariffRule, cube: Cube, concordance: Concordance) -> list[str]:
    """Return the economies that a rule's importer stands for: itself, or a region's members."""
    if rule.importer in cube.economies:
        return [rule.importer]
    return [e for e in cube.economies if concordance.region_of[e] == rule.importer]


def _exporters(rule: TariffRule, importer: str, cube: Cube) -> list[str]:
    if rule.exporter != "*":
        return [rule.exporter]
    return [e for e in cube.economies if e != importer]


def _range(values: Array) -> str:
    low, high = float(values.min()), float(values.max())
    return f"{low:.2%}" if high - low < 5e-5 else f"{low:.2%} to {high:.2%}"


def _one_supplier(
    preference: Array, cube: Cube, concordance: Concordance
) -> tuple[Array, list[AuditEntry]]:
    """Let every member of the customs union have the preference of the median member.

    A union's goods enter on the same terms wherever they come from; the cube still
    treats some members (Bulgaria, Croatia, Romania) as developing countries.
    """
    out = preference.copy()
    members = np.array([concordance.tariff44_of[e] == CUSTOMS_UNION for e in cube.economies])
    inside = np.flatnonzero(members)
    entries = []
    for n in np.flatnonzero(~members):
        common = np.median(preference[n, inside, :], axis=0)
        odd = np.abs(preference[n, inside, :] - common) > 0.01
        out[n, inside, :] = common
        for i in inside[odd.any(axis=1)]:
            s = int(np.abs(preference[n, i] - common).argmax())
            entries.append(
                AuditEntry(
                    "tariff-union-member",
                    f"{cube.economies[n]} <- {cube.economies[i]}, "
                    f"{int((np.abs(preference[n, i] - common) > 0.01).sum())} sectors",
                    f"{preference[n, i, s]:.1%} of the rate without preference in "
                    f"{concordance.sectors[s]}",
                    f"{common[s]:.1%}",
                    "goods of a customs union enter on one set of terms; median member",
                )
            )
    return out, entries


def _with_rest_of_world(preference: Array, cube: Cube) -> Array:
    """Give the cube's rest of the world the importer's median preference."""
    out = preference.copy()
    rest = cube.economies.index(REST)
    for n in range(len(cube.economies)):
        others = [j for j in range(len(cube.economies)) if j not in (n, rest)]
        if n != rest:
            out[n, rest, :] = np.median(preference[n, others, :], axis=0)
    return out


def _rest_of_world(
    values: Array, known: Known, cube: Cube, concordance: Concordance
) -> tuple[Array, list[AuditEntry]]:
    """Fill the tariffs of the cube's rest of the world as an importer."""
    out = values.copy()
    rest = cube.economies.index(REST)
    goods = np.array([s in concordance.goods for s in concordance.sectors])
    for i in range(len(cube.economies)):
        if i != rest:
            out[rest, i, :] = np.where(goods, known.rest_rate(i), 0.0)
    entries = [
        AuditEntry(
            "tariff-missing",
            f"{REST} <- all, goods",
            "0 (no data)",
            f"{out[rest][:, goods].mean():.2%} on average",
            "the cube has no tariffs for economies not shown separately; simple means of "
            "the 44-sector rest of the world, by supplier where the table knows it",
        ),
        AuditEntry(
            "tariff-missing",
            f"all <- {REST}, goods",
            "0 (no data)",
            f"{out[:, rest][:, goods].mean():.2%} on average",
            "the 44-sector tables' rate on the rest of the world; elsewhere the importer's "
            "median preference over its suppliers times its level",
        ),
    ]
    return out, entries
