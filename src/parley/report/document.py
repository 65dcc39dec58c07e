"""Results as one JSON document: the same for a brief and for a single counterfactual.

``schema_version`` is "major.minor": additions raise the minor, anything else the major.
Percentages carry ``_pct`` and are in per cent; dollars carry ``_usd_bn``; shares and
duties are fractions. A missing figure is null, never NaN.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from parley import __version__
from parley.counted import counted
from parley.economy.world import World
from parley.equilibrium import Equilibrium
from parley.report.limits import constituencies_show, left_out
from parley.results import PackageFigures, RegionFigures
from parley.scenario.places import WorldLabels
from parley.scenario.promises import red_lines_crossed
from parley.scenario.resolved import Concession, LegalFacts
from parley.scenario.story import Story
from parley.stages import lasting_of
from parley.studies import STATUS_QUO, WORLD_YEAR, PackageStudy, Study

__all__ = [
    "SCHEMA_VERSION",
    "WHEN",
    "brief_document",
    "counted_notes",
    "document_head",
    "solve_document",
]

WHEN = ("timeline", "calendar", "commitments", "forecast", "claims")
"""Parts of a brief that tell when, and who says so."""
SETTING = ("family", "closure", "elasticity")
SCHEMA_VERSION = "1.4"


def brief_document(
    study: Study,
    packages: Sequence[str],
    ground: Mapping[str, Any] | None = None,
    when: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Return the brief of a study as a JSON-ready document.

    Parameters
    ----------
    study
        The study; its jobs are solved if they are not yet.
    packages
        Ids of the packages to report.
    ground
        The common ground of its talks (:func:`parley.report.deal.common_ground`), if any.
    when
        Timeline, calendar, commitments, forecast and claims
        (:func:`parley.report.when.when_parts`), if they are told.
    """
    scenario = study.scenario
    entries = [_scenario_package(study.package(name)) for name in packages]
    base = study.equilibrium(STATUS_QUO)
    moved = PackageFigures(study.compare(STATUS_QUO, against=WORLD_YEAR))
    solved = list(study.solutions())
    against = f"status quo of {scenario.as_of.isoformat()}"
    return {
        **document_head(study.world, base, solved, against, "brief"),
        "scenario": scenario.id or scenario.filename,
        "title": scenario.title,
        "as_of": scenario.as_of.isoformat(),
        "parties": [_party(study, name) for name in study.resolved.parties],
        "talks": [
            {
                "id": t.id,
                "label": t.label,
                "parties": list(t.parties),
                "state": t.state,
                "since": _iso(t.since),
                "ends_by": t.ends_by,
                "deadline": _iso(t.deadline),
                "breakdown": t.breakdown,
            }
            for t in scenario.talks
        ],
        "status_quo": {
            "against": f"{study.world.name} ({study.world.year})",
            "measures": [
                {"id": m.id, "label": m.label or m.id, "since": _iso(m.since)}
                for m in scenario.measures
            ],
            "regions": {r.region: _short_region(r) for r in moved.regions},
        },
        "packages": entries,
        "common_ground": ground,
        **{name: (when or {}).get(name) for name in WHEN},
        "elasticity_interval": None,
        "constituencies_show": constituencies_show(base.model),
        "balances": balance_checks(study),
        "left_out": left_out(base.model),
        "notes": [
            *({"text": n.text, "where": n.where} for n in study.resolved.notes),
            *({"text": w.what, "where": w.where} for w in scenario.warnings),
            *({"text": text, "where": "sensitivity"} for text in _unproven(study, packages)),
        ],
    }


def _unproven(study: Study, packages: Sequence[str]) -> list[str]:
    """Return in words what the sensitivity leaves out because no equilibrium was proven."""
    found = []
    for setting in study.alternatives:
        lost = [name for name in packages if not study.proven(name, setting)]
        if lost:
            where = f"{setting.closure} x {setting.elasticity} (model {setting.model})"
            found.append(f"no equilibrium proven at {where}: left out for {', '.join(lost)}")
    return found


def solve_document(
    world: World, figures: PackageFigures, package: str = "changes", label: str = "Changes"
) -> dict[str, Any]:
    """Return one counterfactual on a world, without a scenario, as a JSON document."""
    change = figures.comparison
    return {
        **document_head(world, change.base, [change.base, change.new], f"{world.name}", "solve"),
        "scenario": None,
        "title": None,
        "as_of": None,
        "packages": [package_entry(figures, package, label)],
        "elasticity_interval": None,
    }


def document_head(
    world: World, base: Equilibrium, solved: Sequence[Equilibrium], against: str, kind: str
) -> dict[str, Any]:
    """Return what every document begins with: engine, world, model, worst residuals.

    Parameters
    ----------
    world
        The world as given.
    base
        The equilibrium that figures are compared with.
    solved
        Every equilibrium used.
    against, kind
        What the base is, in words, and which document this is.
    """
    worst: dict[str, float] = {}
    for found in solved:
        for name, value in found.report.residuals.items():
            worst[name] = max(value, worst.get(name, 0.0))
    return {
        "schema_version": SCHEMA_VERSION,
        "kind": kind,
        "engine": {"name": "parley", "version": __version__},
        "world": {
            "name": world.name,
            "year": world.year,
            "currency": world.currency,
            "regions": list(world.regions),
            "sectors": list(base.world.sectors),
            "content_hash": world.content_hash,
        },
        "model": {
            "family": base.model,
            "closure": base.closure,
            "numeraire": "world value added",
            "elasticity": {"name": base.elasticity.name, "source": base.elasticity.source},
            "base": against + (", deficits purged" if base.closure == "zero" else ""),
        },
        "residuals": worst,
        "solutions": len(solved),
    }


def package_entry(figures: PackageFigures, package: str, label: str) -> dict[str, Any]:
    """Return one package's figures: every region, the world, and its own residuals."""
    report = figures.comparison.new.report
    return {
        "id": package,
        "label": label,
        "status": report.status,
        "residuals": dict(report.residuals),
        "iterations": report.iterations,
        "regions": {r.region: _region(r) for r in figures.regions},
        "world": {
            "real_income_pct": figures.world_real_income_pct,
            "ev_usd_bn": figures.world_ev_usd_bn,
        },
        "bilateral": [
            asdict(figures.pair(region, partner))
            for region in figures.comparison.base.world.regions
            for partner in figures.comparison.base.world.regions
            if region != partner
        ],
    }


def _scenario_package(package: PackageStudy) -> dict[str, Any]:
    resolved = package.resolved
    entry = package_entry(package.figures, package.id, resolved.label)
    entry |= {
        "kind": resolved.kind,
        "talks": resolved.talks or None,
        "consent": list(resolved.consent),
        "constituencies": [asdict(c) for c in package.constituencies()],
        "terms": terms_summary(resolved.concessions),
        "concessions": [_concession(c) for c in resolved.concessions],
        "legal": _legal(resolved.legal),
        "commitments": [asdict(p) for p in resolved.promises],
        "purchases": [asdict(p) for p in package.study.purchases_made(package.id)],
        "payments": [
            {
                "payer": x.payer,
                "receiver": x.receiver,
                "usd_bn_per_year": x.usd_bn_per_year,
                "years": x.years,
            }
            for x in resolved.payments
        ],
        "lasting": _lasting(package),
        "against_breakdown": {
            "breakdown": package.breakdown,
            "regions": {r.region: _short_region(r) for r in package.against_breakdown.regions},
        },
        "sensitivity": sensitivity_rows(package),
        "sign_flips": sign_flips(package),
        "notes": [
            *({"text": n.text, "where": n.where} for n in resolved.notes),
            *_red_lines(package),
            *counted_notes(package.study, package.id),
        ],
    }
    return entry


def _red_lines(package: PackageStudy) -> list[dict[str, str]]:
    """Return a note for every red line that a package crosses."""
    scenario = package.study.scenario
    story = Story.of(scenario, WorldLabels.of(package.study.world))
    return [
        {
            "text": f"{party}'s red line '{line}': {why}",
            "where": f"{scenario.filename}: red_line[{line}]",
        }
        for line, party, why in red_lines_crossed(story, scenario.package(package.id))
    ]


def _lasting(package: PackageStudy) -> dict[str, Any] | None:
    """Return what the package comes to once its purchases and payments are over, if they end."""
    found = lasting_of(package.study, package.id)
    if found is None:
        return None
    figures = PackageFigures(found.comparison)
    return {
        "since_years": found.since,
        "occurs_in_full": found.occurs,
        "world_ev_usd_bn": sum(r.ev_usd_bn for r in figures.regions),
        "regions": {r.region: _short_region(r) for r in figures.regions},
    }


def counted_notes(study: Study, package: str) -> list[dict[str, str]]:
    """Return notes on what a package's worth counts, each with its place in the file."""
    said = counted(study, package)
    where = f"{study.scenario.filename}: package[{package}]"
    return [{"text": text, "where": where} for text in said]


def _region(r: RegionFigures) -> dict[str, Any]:
    return asdict(r)


def _short_region(r: RegionFigures) -> dict[str, float]:
    return {
        "real_income_pct": r.real_income_pct,
        "ev_usd_bn": r.ev_usd_bn,
        "government_revenue_change_usd_bn": r.government_revenue_change_usd_bn,
    }


def _party(study: Study, name: str) -> dict[str, Any]:
    party = study.scenario.party(name)
    return {
        "id": name,
        "label": party.label,
        "leader": party.leader,
        "regions": list(study.resolved.parties[name]),
        "third_party": party.third_party,
        "next_election": _iso(party.next_election),
    }


def _concession(c: Concession) -> dict[str, Any]:
    return {
        **{k: v for k, v in asdict(c).items() if k not in ("rivals", "lines")},
        "duty_saved_usd_bn": c.duty_saved_usd_bn,
        "rivals": {r.place: r.duty for r in c.rivals},
        "lines": list(c.lines),
    }


def _legal(legal: LegalFacts) -> dict[str, Any]:
    return {
        "treatment": legal.treatment,
        "article_xxiv": legal.article_xxiv,
        "coverage": [{**asdict(c), "between": list(c.between)} for c in legal.coverage],
        "authority": [asdict(a) for a in legal.authority],
        "grounds": list(legal.grounds),
        "over_bound": list(legal.over_bound),
        "form": legal.form,
        "gatt": legal.gatt or None,
    }


def terms_summary(concessions: Iterable[Concession]) -> list[dict[str, Any]]:
    """Return what each giver concedes to (or imposes on) each receiver, duties apart from costs.

    Trade covered and duty are at the world year's values. ``margin_before`` and
    ``margin_after`` are the preference margin: the trade-weighted duty on other foreign
    suppliers of the same sectors less the receiver's own, a fraction.
    """
    groups: dict[tuple[str, str, str, bool], list[Concession]] = {}
    for kind in ("duty", "export-tax", "cost"):
        for c in concessions:
            if c.kind == kind:
                groups.setdefault((kind, c.giver, c.receiver, c.eases), []).append(c)
    rows = []
    for (kind, giver, receiver, eases), parts in groups.items():
        trade = sum(c.trade_usd_bn for c in parts)
        rivals = [c for c in parts if kind == "duty" and _rival_duty(c) is not None]
        rival_trade = sum(c.trade_usd_bn for c in rivals)

        def mean(values: Iterable[tuple[float, float]], total: float) -> float | None:
            return sum(v * w for v, w in values) / total if total > 0 else None

        before = mean(((c.before, c.trade_usd_bn) for c in parts), trade)
        after = mean(((c.after, c.trade_usd_bn) for c in parts), trade)
        cost = kind == "cost"
        rows.append(
            {
                "kind": kind,
                "giver": giver,
                "receiver": receiver,
                "eases": eases,
                "items": len(parts),
                "sectors": list(dict.fromkeys(c.sector for c in parts)),
                "instruments": list(dict.fromkeys(c.instrument for c in parts)),
                "trade_covered_usd_bn": trade,
                "duty_saved_usd_bn": sum(c.duty_saved_usd_bn for c in parts),
                "duty_before": None if cost else before,
                "duty_after": None if cost else after,
                "cost_before": before if cost else None,
                "cost_after": after if cost else None,
                "margin_before": mean(
                    (((_rival_duty(c) or 0.0) - c.before, c.trade_usd_bn) for c in rivals),
                    rival_trade,
                ),
                "margin_after": mean(
                    (((_rival_duty(c) or 0.0) - c.after, c.trade_usd_bn) for c in rivals),
                    rival_trade,
                ),
            }
        )
    return rows


def _rival_duty(c: Concession) -> float | None:
    """Return the duty of the named rivals on the same goods, else the sector's average."""
    if c.rivals:
        return sum(r.duty for r in c.rivals) / len(c.rivals)
    return c.rival_average


def sensitivity_rows(package: PackageStudy) -> list[dict[str, Any]]:
    """Return a package's real income under every alternative setting."""
    rows = []
    for setting, change in package.sensitivity():
        unit = change.base.world.usd_bn
        rows.append(
            {
                "family": change.base.model,
                "closure": setting.closure,
                "elasticity": setting.elasticity,
                "regions": {
                    region: {
                        "real_income_pct": float(100 * (change.real_income_hat[n] - 1)),
                        "ev_usd_bn": float(change.equivalent_variation[n] * unit),
                    }
                    for n, region in enumerate(change.base.world.regions)
                },
            }
        )
    return rows


def sign_flips(package: PackageStudy) -> list[dict[str, Any]]:
    """Return the parties whose gain changes sign between settings, with both extremes.

    Effects below 0.0005 per cent of income count as zero.
    """
    rows = sensitivity_rows(package)
    flips = []
    for region in package.study.table_parties:
        figures = [(r["regions"][region]["real_income_pct"], r) for r in rows]
        low, high = min(figures, key=lambda f: f[0]), max(figures, key=lambda f: f[0])
        if low[0] < -5e-4 and high[0] > 5e-4:
            flips.append(
                {
                    "region": region,
                    "lowest_pct": low[0],
                    "lowest_at": {k: low[1][k] for k in SETTING},
                    "highest_pct": high[0],
                    "highest_at": {k: high[1][k] for k in SETTING},
                }
            )
    return flips


def balance_checks(study: Study) -> list[dict[str, Any]]:
    """Return every balance fact as stated, beside what the other records and the world say."""
    from parley.report.balances import check_balances

    return check_balances(study)


def _iso(day: Any) -> str | None:
    return None if day is None else day.isoformat()


def flat_regions(document: Mapping[str, Any]) -> list[tuple[str, str, Mapping[str, Any]]]:
    """Return (package, region, figures) of a document, for tables and CSV."""
    return [
        (package["id"], region, figures)
        for package in document["packages"]
        for region, figures in package["regions"].items()
    ]
