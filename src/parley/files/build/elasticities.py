"""Trade elasticity sets: eight from the ICIO cube, one from the 44-sector tables.

The cubes give both sigma and epsilon = sigma - 1; theta is epsilon.
"""

from __future__ import annotations

import numpy as np

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import AuditEntry
from parley.errors import InputError
from parley.files.build.concordance import Concordance, read_table
from parley.files.build.sources import Cube, Tables44

__all__ = ["elasticity_sets"]

LOW, HIGH = 1.0, 20.0
FIRST = ("bagwell-staiger-yurukoglu", "fontagne", "uniform-4", "caliendo-parro")


def elasticity_sets(
    cube: Cube, tables: Tables44, concordance: Concordance
) -> tuple[tuple[ElasticitySet, ...], list[AuditEntry]]:
    """Return the sets, default first, and an audit entry for each implausible value.

    Values are kept as published; one that is not positive and finite raises.
    """
    described = {r["key"]: r for r in read_table("elasticities")}
    sets = []
    for key, (theta, _) in cube.theta.items():
        row = described[key]
        sets.append(ElasticitySet(row["name"], theta.round(6), row["source"], row["note"]))
    row = described["econ7115"]
    theta = np.array(
        [
            np.mean([tables.theta[j - 1] for j, group in concordance.icio44.items() if s in group])
            for s in concordance.sectors
        ]
    )
    sets.append(ElasticitySet(row["name"], theta.round(6), row["source"], row["note"]))
    sets.sort(key=lambda e: (FIRST.index(e.name) if e.name in FIRST else len(FIRST), e.name))
    audit = []
    for entry in sets:
        if not (np.isfinite(entry.theta).all() and (entry.theta > 0).all()):
            raise InputError.one(
                f"elasticity set '{entry.name}' holds a value that is not positive",
                "parley world build: elasticities",
            )
        for s, value in zip(concordance.sectors, entry.theta, strict=True):
            if not LOW <= value <= HIGH:
                audit.append(
                    AuditEntry(
                        "elasticity-implausible",
                        f"{entry.name}, {s}",
                        f"{value:.2f}",
                        f"{value:.2f}",
                        f"outside {LOW:g} to {HIGH:g}; kept as published, read results that "
                        "rest on it with care",
                    )
                )
    return tuple(sets), audit
