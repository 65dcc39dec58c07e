"""Answers that nobody had announced by 18 July 2019: hypothetical, and labelled so.

* China's answer to list 4: the rate of list 4 on what its earlier lists leave free.
* Japan's and the EU's answer to a US duty on vehicles: 25 % on US goods. The EU had said
  that a list of about EUR 35bn was ready, without publishing it; Japan had said nothing.
  Both are built alike: farm goods and food first, then goods with ready alternatives,
  scaled to a stated part of goods imports from the United States.
"""

from __future__ import annotations

from collections.abc import Mapping

from parley.files.build.measures_china import goods_flow
from parley.files.build.measures_rows import Flows, MeasureRow

__all__ = ["auto_answer", "china_list_4_answer"]

RATE = 0.25
# Share of the sector's flow hit before scaling: farm and food half, others less.
SELECTED = {
    "A01": 0.5,
    "C10T12": 0.5,
    "C13T15": 0.3,
    "C16": 0.3,
    "C20": 0.1,
    "C22": 0.2,
    "C28": 0.15,
    "C29": 0.4,
    "C302T309": 0.15,
    "C31T33": 0.15,
}
EU_PART = 35 / 268  # EUR bn: the list, goods imports from the United States in 2018
JAPAN_PART = EU_PART  # no figure was named: the EU's proportion
MOST = 0.9
SPARED = 0.02  # the part of a flow China leaves untouched when it answers list 4
UNTOUCHED = ("C302T309", "C21")  # aircraft and medicines, spared by every list so far


def china_list_4_answer(world: Flows, in_force: list[MeasureRow], rate: float) -> list[MeasureRow]:
    """Return ``rate`` on the parts of US goods that China's lists in force leave free."""
    taken: dict[str, float] = {}
    for row in in_force:
        taken[row.sector] = taken.get(row.sector, 0.0) + row.share_of_flow
    rows = []
    for sector, flow in goods_flow(world, "CHN", "USA").items():
        share = 1.0 - taken.get(sector, 0.0) - SPARED
        if sector in UNTOUCHED or flow <= 0 or share <= SPARED:
            continue
        note = "hypothetical: the rate of list 4 on what earlier lists left free"
        rows.append(MeasureRow("CHN", "USA", sector, share, "additional-tariff", rate, note))
    return rows


def auto_answer(
    world: Flows, importer: str, part: float, taken: Mapping[str, float]
) -> list[MeasureRow]:
    """Return 25 % on a selection of US goods worth ``part`` of the importer's purchases.

    Parameters
    ----------
    world
        Flows that weigh the sectors.
    importer
        Who answers.
    part
        Share of goods imports from the United States to be covered.
    taken
        Sector -> share of the flow already under another measure or named slice.
    """
    flow = goods_flow(world, importer, "USA")
    wanted = part * sum(flow.values())
    scale = wanted / sum(flow[s] * share for s, share in SELECTED.items())
    rows = []
    for sector, share in SELECTED.items():
        room = MOST * (1.0 - taken.get(sector, 0.0))
        note = f"hypothetical: 25 % on US goods worth {part:.0%} of imports; nothing was published"
        hit = min(share * scale, room)
        rows.append(MeasureRow(importer, "USA", sector, hit, "additional-tariff", RATE, note))
    return rows
