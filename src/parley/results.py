"""What one package does: figures per region, sector and pair, in the units of the reports.

Percentages are changes against the comparison's base; dollars are billions of the world's
currency at the numeraire of the model (world value added is constant). ``real_income`` is
exact; the first-order indices stand beside it under their own names.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from parley.equilibrium.welfare import Comparison, FirstOrder, bilateral_balance, first_order

__all__ = ["PackageFigures", "PairFigures", "RegionFigures", "SectorFigures"]

Array = NDArray[np.float64]


@dataclass(frozen=True)
class SectorFigures:
    """One sector of one region; ``pct`` are changes, ``usd_bn`` levels or changes of them.

    ``value_added_change_usd_bn`` is at current prices, wages included; ``volume_change_usd_bn``
    is the change of value added at the base's prices: what the sector's activity gains.
    """

    sector: str
    output_usd_bn: float
    output_change_usd_bn: float
    real_output_pct: float
    value_added_change_usd_bn: float
    volume_change_usd_bn: float
    exports_change_usd_bn: float
    imports_change_usd_bn: float
    price_pct: float


@dataclass(frozen=True)
class RegionFigures:
    """One region under a package, against the base of the comparison."""

    region: str
    real_income_pct: float
    ev_usd_bn: float
    ev_pct_of_gdp: float
    income_usd_bn: float
    gdp_usd_bn: float
    wage_pct: float
    real_wage_pct: float
    price_index_pct: float
    government_revenue_usd_bn: float
    government_revenue_change_usd_bn: float
    exports_change_usd_bn: float
    imports_change_usd_bn: float
    goods_balance_usd_bn: float
    goods_balance_change_usd_bn: float
    terms_of_trade_pct: float
    volume_of_trade_pct: float
    deficit_term_pct: float
    profit_shifting_pct: float
    variety_pct: float
    first_order_total_pct: float
    first_order_residual_pct: float
    sectors: tuple[SectorFigures, ...]


@dataclass(frozen=True)
class PairFigures:
    """One ordered pair: the region's trade with a partner, goods only."""

    region: str
    partner: str
    exports_usd_bn: float
    exports_change_usd_bn: float
    goods_balance_usd_bn: float
    goods_balance_change_usd_bn: float


@dataclass(frozen=True, eq=False)
class PackageFigures:
    """All figures of one comparison, made from proven equilibria."""

    comparison: Comparison

    @cached_property
    def first_order(self) -> FirstOrder:
        """First-order welfare indices of all regions."""
        return first_order(self.comparison)

    @cached_property
    def regions(self) -> tuple[RegionFigures, ...]:
        """Figures of every region, in the world's order."""
        return tuple(self._region(n) for n in range(len(self._labels)))

    def region(self, label: str) -> RegionFigures:
        """Return the figures of one region."""
        return self.regions[self.comparison.base.world.region_index(label)]

    @cached_property
    def world_ev_usd_bn(self) -> float:
        """Sum of all regions' equivalent variations."""
        return float(self.comparison.equivalent_variation.sum() * self._unit)

    @cached_property
    def world_real_income_pct(self) -> float:
        """World equivalent variation as a share of world income."""
        c = self.comparison
        return float(100 * c.equivalent_variation.sum() / c.base.income.sum())

    def pair(self, region: str, partner: str) -> PairFigures:
        """Return the goods trade of a region with a partner, before and after."""
        world = self.comparison.base.world
        r, p = world.region_index(region), world.region_index(partner)
        before, after = self._goods_balance
        goods = world.goods_mask
        old = float(self.comparison.base.customs_value[p, r, goods].sum()) * self._unit
        new = float(self.comparison.new.customs_value[p, r, goods].sum()) * self._unit
        return PairFigures(
            region=region,
            partner=partner,
            exports_usd_bn=new,
            exports_change_usd_bn=new - old,
            goods_balance_usd_bn=float(after[r, p]) * self._unit,
            goods_balance_change_usd_bn=float(after[r, p] - before[r, p]) * self._unit,
        )

    def most_affected(self, exclude: tuple[str, ...], count: int) -> list[str]:
        """Return the regions outside ``exclude`` with the largest EV in absolute value."""
        size = np.abs(self.comparison.equivalent_variation)
        order = [self._labels[k] for k in np.argsort(-size)]
        return [label for label in order if label not in exclude][:count]

    @property
    def _labels(self) -> tuple[str, ...]:
        return self.comparison.base.world.regions

    @property
    def _unit(self) -> float:
        return self.comparison.base.world.usd_bn

    @cached_property
    def _goods_balance(self) -> tuple[Array, Array]:
        goods = self.comparison.base.world.goods_mask
        return (
            bilateral_balance(self.comparison.base, goods),
            bilateral_balance(self.comparison.new, goods),
        )

    @cached_property
    def _trade(self) -> tuple[Array, Array, Array, Array]:
        """Exports and imports by region and sector, without domestic sales: old and new."""
        own = np.eye(len(self._labels), dtype=bool)[:, :, None]
        old = np.where(own, 0.0, self.comparison.base.customs_value)
        new = np.where(own, 0.0, self.comparison.new.customs_value)
        return old.sum(axis=0), new.sum(axis=0), old.sum(axis=1), new.sum(axis=1)

    def _region(self, n: int) -> RegionFigures:
        c, unit, first = self.comparison, self._unit, self.first_order
        exports, exports_new, imports, imports_new = (a[n].sum() for a in self._trade)
        before, after = (b[n].sum() for b in self._goods_balance)
        revenue = c.new.tariff_revenue[n] + c.new.export_tax_revenue[n]
        price = c.new.consumer_price_hat[n] / c.base.consumer_price_hat[n]
        return RegionFigures(
            region=self._labels[n],
            real_income_pct=_pct(c.real_income_hat[n]),
            ev_usd_bn=float(c.equivalent_variation[n] * unit),
            ev_pct_of_gdp=float(100 * c.equivalent_variation[n] / c.gdp_base[n]),
            income_usd_bn=float(c.base.income[n] * unit),
            gdp_usd_bn=float(c.gdp_base[n] * unit),
            wage_pct=_pct(c.new.w_hat[n] / c.base.w_hat[n]),
            real_wage_pct=_pct(c.real_wage_hat[n]),
            price_index_pct=_pct(price),
            government_revenue_usd_bn=float(revenue * unit),
            government_revenue_change_usd_bn=float(c.revenue_change[n] * unit),
            exports_change_usd_bn=float((exports_new - exports) * unit),
            imports_change_usd_bn=float((imports_new - imports) * unit),
            goods_balance_usd_bn=float(after * unit),
            goods_balance_change_usd_bn=float((after - before) * unit),
            terms_of_trade_pct=float(100 * first.terms_of_trade[n]),
            volume_of_trade_pct=float(100 * first.volume_of_trade[n]),
            deficit_term_pct=float(100 * first.deficit[n]),
            profit_shifting_pct=float(100 * first.profit_shifting[n]),
            variety_pct=float(100 * first.variety[n]),
            first_order_total_pct=float(100 * first.total[n]),
            first_order_residual_pct=float(100 * first.residual[n]),
            sectors=tuple(self._sector(n, s) for s in range(len(c.base.world.sectors))),
        )

    def _sector(self, n: int, s: int) -> SectorFigures:
        c, unit = self.comparison, self._unit
        exports, exports_new, imports, imports_new = (a[n, s] for a in self._trade)
        return SectorFigures(
            sector=c.base.world.sectors[s],
            output_usd_bn=float(c.base.output[n, s] * unit),
            output_change_usd_bn=float((c.new.output[n, s] - c.base.output[n, s]) * unit),
            real_output_pct=_pct(c.real_output_hat[n, s]),
            value_added_change_usd_bn=float(
                (c.new.sector_value_added[n, s] - c.base.sector_value_added[n, s]) * unit
            ),
            volume_change_usd_bn=float(
                c.base.sector_value_added[n, s] * (c.real_output_hat[n, s] - 1.0) * unit
            ),
            exports_change_usd_bn=float((exports_new - exports) * unit),
            imports_change_usd_bn=float((imports_new - imports) * unit),
            price_pct=_pct(c.new.price_hat[n, s] / c.base.price_hat[n, s]),
        )


def _pct(hat: float | np.floating) -> float:
    return float(100.0 * (hat - 1.0))
