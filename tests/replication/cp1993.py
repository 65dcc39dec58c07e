"""Reader of the authors' 1993 tables (Caliendo and Parro 2015), found under PARLEY_SOURCES.

The folder `caliendo-parro-1993` holds the text files of the paper's replication package:
`xbilat1993`, `tariffs1993`, `tariffs2005` (blocks of 31 importers x 31 exporters per traded
sector), `GO` and `B` (40 sectors x 31 countries), `IO` (a 40 x 40 block of materials shares per
country, input in rows) and `T` (trade elasticities of the 20 traded sectors).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from parley.economy import ElasticitySet, World
from tests.oracle import reference

Array = NDArray[np.float64]

COUNTRIES = (
    "Argentina",
    "Australia",
    "Austria",
    "Brazil",
    "Canada",
    "Chile",
    "China",
    "Denmark",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hungary",
    "India",
    "Indonesia",
    "Ireland",
    "Italy",
    "Japan",
    "Korea",
    "Mexico",
    "Netherlands",
    "NewZealand",
    "Norway",
    "Portugal",
    "SouthAfrica",
    "Spain",
    "Sweden",
    "Turkey",
    "UK",
    "USA",
    "RoW",
)
TRADED = (
    "Agriculture",
    "Mining",
    "Food",
    "Textile",
    "Wood",
    "Paper",
    "Petroleum",
    "Chemicals",
    "Plastic",
    "Minerals",
    "BasicMetals",
    "MetalProducts",
    "Machinery",
    "Office",
    "Electrical",
    "Communication",
    "Medical",
    "Auto",
    "OtherTransport",
    "Other",
)
NONTRADED = (
    "Electricity",
    "Construction",
    "Retail",
    "Hotels",
    "LandTransport",
    "WaterTransport",
    "AirTransport",
    "AuxTransport",
    "Post",
    "Finance",
    "RealEstate",
    "RentingMachinery",
    "Computer",
    "R&D",
    "OtherBusiness",
    "Public",
    "Education",
    "Health",
    "OtherServices",
    "Private",
)
SECTORS = TRADED + NONTRADED
NAFTA = ("Canada", "Mexico", "USA")
THETA_SERVICES = 8.22


@dataclass(frozen=True)
class Tables:
    """The authors' numbers, in dollars and fractions, axes [importer, exporter, sector].

    `flows` is net of tariff with domestic sales on the diagonal; `final_share` [n,s] is the
    clipped and renormalised residual, so these parts do not yet form an exact baseline.
    """

    flows: Array
    tariff_1993: Array
    tariff_2005: Array
    trade_elasticity: Array
    value_added_share: Array
    input_share: Array
    final_share: Array
    value_added: Array
    deficit: Array
    clipped_cells: int
    negative_inputs: int

    def nafta_tariff(self) -> Array:
        """Tariffs of 1993, with those of 2005 among Canada, Mexico and the United States."""
        inside = np.isin(COUNTRIES, NAFTA)
        pair = (inside[:, None] & inside[None, :])[:, :, None]
        return np.where(pair, self.tariff_2005, self.tariff_1993)


def folder() -> Path | None:
    """Where the tables lie, or None when PARLEY_SOURCES does not lead to them."""
    root = os.environ.get("PARLEY_SOURCES")
    if not root:
        return None
    path = Path(root) / "caliendo-parro-1993"
    return path if path.is_dir() else None


def read(path: Path) -> Tables:
    """Read the six files and derive the base of the published tables.

    Domestic sales are output less exports, where output is raised to exports if it falls short.
    """
    n, traded, s = len(COUNTRIES), len(TRADED), len(SECTORS)

    def load(name: str) -> Array:
        return np.loadtxt(path / f"{name}.txt")

    def bilateral(name: str) -> Array:
        table = np.zeros((n, n, s))
        table[:, :, :traded] = np.moveaxis(load(name).reshape(traded, n, n), 0, 2)
        return table

    flows = bilateral("xbilat1993") * 1000
    tariff_1993 = bilateral("tariffs1993") / 100
    tariff_2005 = bilateral("tariffs2005") / 100
    va_share = load("B").T
    exports = flows.sum(axis=0)
    output = np.maximum(load("GO").T, exports)
    diagonal = np.arange(n)
    flows[diagonal, diagonal, :] += output - exports
    materials = load("IO").reshape(n, s, s)
    negative_inputs = int((materials < 0).sum())
    materials = np.clip(materials, 0, None)
    total = materials.sum(axis=1, keepdims=True)
    # Seven digits were printed, so columns add to 1 +- 1e-6; a sector without inputs adds to 0.
    materials /= np.where(total > 0, total, 1)
    input_share = materials * (1 - va_share)[:, None, :]
    va_share = 1 - input_share.sum(axis=1)

    expenditure = (flows * (1 + tariff_1993)).sum(axis=1)
    final = expenditure - np.einsum("nks,ns->nk", input_share, output)
    kept = np.clip(final, 0, None)
    return Tables(
        flows=flows,
        tariff_1993=tariff_1993,
        tariff_2005=tariff_2005,
        trade_elasticity=np.concatenate([load("T"), np.full(s - traded, THETA_SERVICES)]),
        value_added_share=va_share,
        input_share=input_share,
        final_share=kept / kept.sum(axis=1, keepdims=True),
        value_added=(va_share * output).sum(axis=1),
        deficit=flows.sum(axis=(1, 2)) - flows.sum(axis=(0, 2)),
        clipped_cells=int((final < 0).sum()),
        negative_inputs=negative_inputs,
    )


def economy(tables: Tables) -> reference.Economy:
    """The observed economy: not yet an equilibrium, since final demand was clipped."""
    return reference.Economy(
        expenditure_share=reference.expenditure_shares(tables.flows * (1 + tables.tariff_1993)),
        tariff=tables.tariff_1993,
        trade_elasticity=tables.trade_elasticity,
        value_added_share=tables.value_added_share,
        input_share=tables.input_share,
        final_share=tables.final_share,
        value_added=tables.value_added,
        deficit=tables.deficit,
    )


def exact_world(tables: Tables, deficit: Literal["zero", "observed"]) -> World:
    """The nearest exact world: the equilibrium at the tariffs of 1993 and at these deficits.

    It is found by the plain reference. The flows of that equilibrium, with the tariffs and the
    input shares, are a world whose final demand is the clipped one and nowhere negative; with
    deficits "zero" it is the paper's purged base.
    """
    wanted = np.zeros_like(tables.deficit) if deficit == "zero" else tables.deficit
    found = reference.solve(
        economy(tables), deficit_prime=wanted, tolerance=1e-13, expenditure="iterate"
    )
    assert found.converged
    return World(
        name=f"caliendo-parro-1993-deficits-{deficit}",
        year=1993,
        regions=COUNTRIES,
        sectors=SECTORS,
        flows=found.flows_prime / 1e6,
        tariffs=tables.tariff_1993,
        elasticities=(
            ElasticitySet(
                "caliendo-parro-2015",
                tables.trade_elasticity,
                "Caliendo and Parro (2015), replication package; services 8.22",
            ),
        ),
        value_added_share=tables.value_added_share,
        input_share=tables.input_share,
        goods=TRADED,
        sources=("Caliendo and Parro (2015), replication package",),
    )
