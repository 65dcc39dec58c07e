"""The toy world: three regions, two sectors, round numbers, for tests and teaching."""

from __future__ import annotations

import numpy as np

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World

__all__ = ["build_toy"]


def build_toy() -> World:
    """Return a made-up world of 3 regions x 2 sectors with inputs and unbalanced trade.

    HOM imports more than it exports; FOR sells cars, RST sells food. Values in million
    USD; the numbers are invented and stand for no country.
    """
    regions, sectors = ("HOM", "FOR", "RST"), ("FOOD", "CARS")
    # [importer, exporter, sector]
    flows = np.array(
        [
            [[800.0, 900.0], [20.0, 200.0], [120.0, 60.0]],
            [[60.0, 80.0], [400.0, 500.0], [90.0, 20.0]],
            [[40.0, 100.0], [10.0, 120.0], [700.0, 300.0]],
        ]
    )
    tariffs = np.array(
        [
            [[0.0, 0.0], [0.05, 0.025], [0.05, 0.025]],
            [[0.20, 0.0], [0.0, 0.0], [0.10, 0.0]],
            [[0.08, 0.10], [0.08, 0.10], [0.0, 0.0]],
        ]
    )
    # [region, input, using sector]
    inputs = np.array(
        [
            [[0.25, 0.05], [0.10, 0.35]],
            [[0.20, 0.05], [0.10, 0.40]],
            [[0.30, 0.05], [0.05, 0.30]],
        ]
    )
    return World(
        name="toy",
        year=2017,
        regions=regions,
        sectors=sectors,
        flows=flows,
        tariffs=tariffs,
        elasticities=(
            ElasticitySet("uniform-4", np.array([4.0, 4.0]), "made up: theta = 4 in both sectors"),
            ElasticitySet("mixed", np.array([3.0, 6.0]), "made up: food 3, cars 6"),
        ),
        value_added_share=(1.0 - inputs.sum(axis=1)).round(9),
        input_share=inputs,
        region_names={"HOM": "Home", "FOR": "Foreign", "RST": "Rest"},
        sector_names={"FOOD": "Food", "CARS": "Cars"},
        goods=sectors,
        sources=("made up for tests and teaching",),
        licence="CC0-1.0",
        notes=("All numbers are invented.",),
    )
