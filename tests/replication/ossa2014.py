"""Reader of Ossa's (AER 2014) tables, found under PARLEY_SOURCES.

The folder `ossa-2014` holds `DATA.mat` of the paper's replication package: TRADE and TARIFF
(33 sectors x 7 exporters x 7 importers, one below the other), SIGMA (elasticity of substitution by
sector), LAMBDAPOL (political weights, 7 regions x 33 sectors, which average one in each region).

* TRADE is net of tariff, with domestic sales on the diagonal, in million USD; the authors' purge
  of deficits is already in it: exports equal imports to rounding. No flow is zero or negative.
* TARIFF is a fraction of the price net of tariff, zero on the diagonal and for 8 % of the other
  cells; the largest is 5.13, Japan's on rice from China. Nearly all of them differ over sources.
* One political weight is a negative zero (EU wool); it is read as zero.
* TARGETTARIFF and MFNOPTIMALTARIFFPOL [sector, importer] are the tariffs that the weights were
  fitted to and the optimal most-favoured-nation tariffs that the paper found at those weights.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.io import loadmat

from parley.economy import ElasticitySet, World

Array = NDArray[np.float64]

REGIONS = ("BRA", "CHN", "EU", "IND", "JPN", "ROW", "USA")
SECTORS = (
    "ric",
    "wht",
    "gro",
    "v_f",
    "osd",
    "sug",
    "pfb",
    "ocr",
    "ctl",
    "oap",
    "dry",
    "wol",
    "frs",
    "cmt",
    "omt",
    "vol",
    "ofd",
    "b_t",
    "tex",
    "wap",
    "lea",
    "lum",
    "ppp",
    "crp",
    "nmm",
    "i_s",
    "nfm",
    "fmp",
    "mvh",
    "otn",
    "ele",
    "ome",
    "omf",
)


@dataclass(frozen=True)
class Tables:
    """The authors' numbers: flows (million USD) and tariffs [importer, exporter, sector].

    `sigma` [s]; `political_weight` and the two tariffs of the calibration [region, sector].
    """

    flows: Array
    tariff: Array
    sigma: Array
    political_weight: Array
    target_tariff: Array
    mfn_optimal_tariff: Array


def folder() -> Path | None:
    """Where the table lies, or None when PARLEY_SOURCES does not lead to it."""
    root = os.environ.get("PARLEY_SOURCES")
    if not root:
        return None
    path = Path(root) / "ossa-2014"
    return path if path.is_dir() else None


def read(path: Path) -> Tables:
    """Read DATA.mat from the folder `path` and turn its axes."""
    data = loadmat(path / "DATA.mat")
    labels = tuple(str(row[0][0]) for row in data["LABELS"])
    if labels != SECTORS:
        raise ValueError(f"other sectors than expected: {labels}")
    shape = (len(SECTORS), len(REGIONS), len(REGIONS))
    return Tables(
        flows=data["TRADE"].reshape(shape).transpose(2, 1, 0),
        tariff=data["TARIFF"].reshape(shape).transpose(2, 1, 0),
        sigma=data["SIGMA"].ravel(),
        political_weight=np.maximum(data["LAMBDAPOL"], 0.0),
        target_tariff=data["TARGETTARIFF"].T,
        mfn_optimal_tariff=data["MFNOPTIMALTARIFFPOL"].T,
    )


def world(tables: Tables) -> World:
    """The paper's base: seven regions, 33 sectors, no inputs, theta = sigma - 1."""
    return World(
        name="ossa-2014",
        year=2007,
        regions=REGIONS,
        sectors=SECTORS,
        flows=tables.flows,
        tariffs=tables.tariff,
        elasticities=(
            ElasticitySet("ossa-2014", tables.sigma - 1, "Ossa (2014), replication package"),
        ),
        political_weight=tables.political_weight,
        sources=("Ossa (2014), replication package",),
    )
