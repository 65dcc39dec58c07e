"""Input and value-added shares: own tables where they exist, fitted to the cube.

Each region starts from a prior use table at 28 sectors (:mod:`.use_tables`): its own in
the 44-sector tables of 2017 (Brazil, China, the EU, India, Japan, the United States,
and the rest of the world, which also stands in for Argentina and New Zealand), or in
WIOD for 2011 (Australia, Canada, Korea, Mexico, Chinese Taipei, the United Kingdom;
Indonesia stands in for ASEAN). Oil was twice as dear in 2011 as in 2017, so WIOD's fuel
shares are the ones that move most.

The prior is then fitted by cross-entropy (:mod:`parley.economy.balancing`) to the
cube: every sector spends one minus its value-added share of its output on inputs, and
of every product final demand has between ``KEPT`` (half) and twice the share of
spending it has in the region's own table (``MARGIN`` above that share if it is small),
and never less than ``FLOOR`` of expenditure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from parley.economy.balancing import fit_use_matrix
from parley.economy.world import AuditEntry
from parley.files.build.concordance import Concordance
from parley.files.build.sources import Tables44, Wiod
from parley.files.build.use_tables import Prior, from_44, from_wiod, pool

__all__ = ["Inputs", "fitted_inputs"]

Array = NDArray[np.float64]
KEPT = 0.5  # of the own table's share of final demand must remain
MARGIN = 0.2  # final demand may exceed the own table's share by this much
FLOOR = 0.001  # final demand is at least this share of a product's expenditure
LISTED_SHARE = 0.01  # moves of an input share by more than this are listed ...
LISTED_FLOW = 0.002  # ... if they also exceed this share of the user's output, in money
SHARE_LOW, SHARE_HIGH = 0.03, 0.97  # plausible value-added shares


@dataclass(frozen=True, eq=False)
class Inputs:
    """Fitted shares and what it took to fit them."""

    value_added_share: Array  # [region, sector]
    input_share: Array  # [region, input, using sector], share of gross output
    audit: tuple[AuditEntry, ...]
    notes: tuple[str, ...]


def fitted_inputs(
    output: Array,
    expenditure: Array,
    tables: Tables44,
    wiod: Wiod,
    concordance: Concordance,
) -> Inputs:
    """Return shares that leave final demand positive everywhere.

    Parameters
    ----------
    output, expenditure
        [region, sector], million USD: gross output at basic prices, and spending at
        purchasers' prices including tariffs, both from the built flows and tariffs.
    """
    audit: list[AuditEntry] = []
    sectors, regions = concordance.sectors, concordance.regions
    priors = _priors(output, expenditure, tables, wiod, concordance)
    va = np.zeros_like(output)
    share = np.zeros((len(regions), len(sectors), len(sectors)))
    moves: list[tuple[float, AuditEntry]] = []
    moved = total = 0.0
    largest = (0.0, "")
    for n, region in enumerate(regions):
        coefficient = priors[n].coefficient
        prior_va = 1.0 - coefficient.sum(axis=0)
        va[n] = np.clip(prior_va, SHARE_LOW, SHARE_HIGH)
        idle = output[n] <= 0
        va[n, idle] = 1.0
        for s in np.flatnonzero(np.abs(va[n] - prior_va) > 1e-12):
            audit.append(
                AuditEntry(
                    "value-added-share",
                    f"{region}, {sectors[s]}",
                    f"{prior_va[s]:.4f}",
                    f"{va[n, s]:.4f}",
                    "the sector has no output"
                    if idle[s]
                    else f"outside {SHARE_LOW} to {SHARE_HIGH}",
                )
            )
        scale = (1.0 - va[n]) / np.where(prior_va < 1.0, 1.0 - prior_va, 1.0)
        prior = coefficient * scale * output[n]
        own = priors[n].final_share
        floor = np.maximum(FLOOR, KEPT * own) * expenditure[n]
        ceiling = np.minimum(1.0, np.maximum(own / KEPT, own + MARGIN)) * expenditure[n]
        fit = fit_use_matrix(
            prior, prior.sum(axis=0), expenditure[n] - floor, expenditure[n] - ceiling
        )
        safe = np.where(idle, 1.0, output[n])
        share[n] = fit.values / safe
        audit += _final_demand(region, sectors, expenditure[n], prior, fit.values, (floor, ceiling))
        moves += _moves(region, sectors, prior, fit.values, output[n])
        moved += float(np.abs(fit.values - prior).sum()) / 2.0
        total += float(prior.sum())
        change = np.abs(fit.values - prior) / safe
        product, user = (int(i) for i in np.unravel_index(int(change.argmax()), change.shape))
        named = f"{region}: {sectors[product]} into {sectors[user]}"
        largest = max(largest, (float(change[product, user]), named))
    audit += [entry for _, entry in sorted(moves, key=lambda m: -m[0])]
    audit.append(
        AuditEntry(
            "input-fit-total",
            "all regions",
            f"{total:,.0f} million of intermediate purchases",
            f"{moved:,.0f} million moved between products ({moved / total:.2%})",
            f"half the sum of absolute changes; largest change of an input share "
            f"{largest[0]:.4f} ({largest[1]})",
        )
    )
    notes = (
        (
            f"Fitting the use tables moved {moved / total:.2%} of intermediate purchases; the "
            f"largest change of an input share is {largest[0]:.3f} ({largest[1]})."
        ),
    )
    return Inputs(va, share, tuple(audit), notes)


def _priors(
    output: Array, expenditure: Array, tables: Tables44, wiod: Wiod, c: Concordance
) -> list[Prior]:
    """Return each region's prior, those of 44-sector tables first pooled for the others."""
    own = {
        n: from_44(tables, economy, output[n], expenditure[n], c)
        for n, region in enumerate(c.regions)
        for table, economy in [c.input_table[region]]
        if table == "icio44"
    }
    proper = [n for n in own if c.regions[n] == "ROW" or c.input_table[c.regions[n]][1] != "ROW"]
    pooled = pool(
        [own[n] for n in proper], [output[n] for n in proper], [expenditure[n] for n in proper]
    )
    return [
        own[n]
        if n in own
        else from_wiod(wiod, c.input_table[r][1], pooled, output[n], expenditure[n], c)
        for n, r in enumerate(c.regions)
    ]


def _moves(
    region: str, sectors: Sequence[str], prior: Array, fitted: Array, output: Array
) -> list[tuple[float, AuditEntry]]:
    """Return (size, entry) for each input share the fit moved materially."""
    entries: list[tuple[float, AuditEntry]] = []
    safe = np.where(output > 0, output, 1.0)
    before, after = prior / safe, fitted / safe
    material = (np.abs(after - before) > LISTED_SHARE) & (
        np.abs(fitted - prior) > LISTED_FLOW * output.sum() / len(output)
    )
    for k, s in np.argwhere(material):
        entry = AuditEntry(
            "input-fit",
            f"{region}: {sectors[k]} into {sectors[s]}",
            f"{before[k, s]:.4f}",
            f"{after[k, s]:.4f}",
            f"share of output; {prior[k, s]:,.0f} to {fitted[k, s]:,.0f} million",
        )
        entries.append((float(abs(after[k, s] - before[k, s])), entry))
    return entries


def _final_demand(
    region: str,
    sectors: Sequence[str],
    expenditure: Array,
    prior: Array,
    fitted: Array,
    bounds: tuple[Array, Array],
) -> list[AuditEntry]:
    """Return an entry for each product whose implied final demand was out of bounds."""
    entries = []
    before = expenditure - prior.sum(axis=1)
    after = expenditure - fitted.sum(axis=1)
    floor, ceiling = bounds
    for k in np.flatnonzero((before < floor) | (before > ceiling)):
        bound, side, way = (
            (floor[k], "below the floor", "down")
            if before[k] < floor[k]
            else (ceiling[k], "above the ceiling", "up")
        )
        entries.append(
            AuditEntry(
                "final-demand",
                f"{region}, {sectors[int(k)]}",
                f"{before[k]:,.1f} million of an expenditure of {expenditure[k]:,.1f}",
                f"{after[k]:,.1f} million",
                f"{side} of {bound / max(expenditure[k], 1e-9):.1%} of expenditure; "
                f"intermediate uses scaled {way}",
            )
        )
    return entries
