"""Deficit closures: what a region's trade deficit does when policy changes.

With v_hat a region's value added relative to the baseline (its wage where labour is mobile
and there are no profits), every closure is a choice of coefficients in one formula,

    D'_n = fixed_n * (omega . v_hat) + own_n * v_hat_n * balance(own * v_hat),

==============  ==========================================================================
``zero``        D' = 0. The baseline is first purged of its deficits: the world is solved
                with D' = 0 at unchanged policy and that solution is the new baseline.
``fixed``       D' = D in units of a numeraire: the value added per worker (the wage) of
                one region, default the largest economy; omega = its unit vector.
``world-share`` D'_n / world value added is constant (Dekle, Eaton & Kortum 2008):
                omega = shares of world value added. The same thing as ``fixed`` with
                world value added as numeraire.
``own-share``   D'_n / own value added is constant, then deficits and surpluses are
                rescaled to meet in the middle so that they add to zero.
==============  ==========================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

import equinox as eqx
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from numpy.typing import NDArray

from parley.errors import InputError
from parley.labels import allowed_text

__all__ = [
    "CLOSURES",
    "Closure",
    "ClosureTerms",
    "balanced_terms",
    "closure_terms",
    "deficit_prime",
]

CLOSURES: tuple[str, ...] = ("zero", "fixed", "world-share", "own-share")


@dataclass(frozen=True)
class Closure:
    """A named closure; ``numeraire`` is a region label and only used by ``fixed``.

    Raises
    ------
    InputError
        If the name is unknown, or a numeraire is given to a closure without one.
    """

    name: str
    numeraire: str = ""

    def __post_init__(self) -> None:
        if self.name not in CLOSURES:
            raise InputError.one(
                f"unknown deficit closure '{self.name}'",
                "closure",
                "the closure says what trade deficits do when policy changes",
                allowed_text(self.name, CLOSURES)
                + "; fixed takes a numeraire region as 'fixed:USA'",
            )
        if self.numeraire and self.name != "fixed":
            raise InputError.one(
                f"closure '{self.name}' takes no numeraire ('{self.numeraire}' given)",
                "closure",
                "only 'fixed' holds deficits in units of a region's wage",
            )

    @classmethod
    def parse(cls, text: str) -> Closure:
        """Return the closure written as "world-share" or "fixed:USA"."""
        name, _, numeraire = text.partition(":")
        return cls(name.strip(), numeraire.strip())

    def label(self) -> str:
        """Return the closure as printed in outputs."""
        if self.name == "fixed":
            return f"fixed:{self.numeraire}" if self.numeraire else "fixed"
        return self.name


class ClosureTerms(eqx.Module):
    """Coefficients of the closure formula; each of shape [region]."""

    fixed: Float[Array, " n"]
    omega: Float[Array, " n"]
    own: Float[Array, " n"]


def closure_terms(
    closure: Closure,
    value_added: NDArray[np.float64],
    deficit: NDArray[np.float64],
    numeraire: int | None = None,
) -> ClosureTerms:
    """Return the coefficients of a closure.

    Parameters
    ----------
    closure
        Which closure. For ``zero`` the baseline must have been purged already.
    value_added, deficit
        [region], million of currency, of the baseline.
    numeraire
        Position of the numeraire region for ``fixed``; None means the largest economy.
    """
    zero = np.zeros_like(value_added)
    shares = value_added / value_added.sum()
    if closure.name == "zero":
        # A purged baseline has deficits of rounding error only; keeping them keeps it exact.
        return _terms(deficit, shares, zero)
    if closure.name == "own-share":
        return _terms(zero, shares, deficit)
    if closure.name == "world-share":
        return _terms(deficit, shares, zero)
    unit = np.zeros_like(value_added)
    unit[int(np.argmax(value_added)) if numeraire is None else numeraire] = 1.0
    return _terms(deficit, unit, zero)


def balanced_terms(value_added: NDArray[np.float64]) -> ClosureTerms:
    """Return the coefficients of D' = 0 for any baseline, as the purge of deficits needs."""
    zero = np.zeros_like(value_added)
    return _terms(zero, value_added / value_added.sum(), zero)


def _terms(
    fixed: NDArray[np.float64], omega: NDArray[np.float64], own: NDArray[np.float64]
) -> ClosureTerms:
    return ClosureTerms(jnp.asarray(fixed), jnp.asarray(omega), jnp.asarray(own))


def deficit_prime(terms: ClosureTerms, value_added_hat: Float[Array, " n"]) -> Float[Array, " n"]:
    """Return the counterfactual deficits D', shape [region], adding to zero.

    They are in the units of ``value_added_hat``, homogeneous of degree one in it.
    """
    moved = terms.own * value_added_hat
    plus, minus = jnp.sum(jnp.maximum(moved, 0.0)), jnp.sum(jnp.maximum(-moved, 0.0))
    middle = 0.5 * (plus + minus)
    up = jnp.where(plus > 0, middle / jnp.where(plus > 0, plus, 1.0), 0.0)
    down = jnp.where(minus > 0, middle / jnp.where(minus > 0, minus, 1.0), 0.0)
    own = jnp.where(moved > 0, moved * up, moved * down)
    return terms.fixed * jnp.sum(terms.omega * value_added_hat) + own
