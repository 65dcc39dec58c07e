r"""The model families, and what each needs of a world.

==================  ===================================================================
``caliendo-parro``  perfect competition, input-output links, mobile labour
``ossa``            monopolistic competition with profits, no entry, no inputs
``krugman``         monopolistic competition with free entry, mobile labour, no inputs
``specific-labour`` as caliendo-parro, with employment fixed by sector: the short run
==================  ===================================================================

A family may be followed by options: ``caliendo-parro:no-inputs`` drops input-output links
(all output is final, as if made by labour alone), ``krugman:one-sector`` merges all sectors
into one, and both together are ``caliendo-parro:no-inputs,one-sector``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from parley.economy.aggregation import aggregate
from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.errors import InputError
from parley.labels import allowed_text
from parley.policy.wedges import Policy

__all__ = ["FAMILIES", "MODEL_OPTIONS", "Model", "adapt_policy", "adapt_world"]

FAMILIES: dict[str, str] = {
    "caliendo-parro": "perfect competition, input-output links, mobile labour",
    "ossa": "monopolistic competition with profits, no entry, no inputs",
    "krugman": "monopolistic competition with free entry, mobile labour, no inputs",
    "specific-labour": "perfect competition, employment fixed by sector (short run)",
}
MODEL_OPTIONS: tuple[str, ...] = ("no-inputs", "one-sector")
ALL_SECTORS = "ALL"
WITHOUT_INPUTS = ("ossa", "krugman")


@dataclass(frozen=True)
class Model:
    """A model family with its options.

    Raises
    ------
    InputError
        If the family or an option is unknown.
    """

    family: str = "caliendo-parro"
    no_inputs: bool = False
    one_sector: bool = False

    def __post_init__(self) -> None:
        if self.family not in FAMILIES:
            raise InputError.one(
                f"unknown model '{self.family}'",
                "model",
                "a model is a family, optionally with ':no-inputs' or ':one-sector'",
                allowed_text(self.family, tuple(FAMILIES)),
            )

    @classmethod
    def parse(cls, text: str) -> Model:
        """Return the model written as "ossa" or "caliendo-parro:no-inputs,one-sector"."""
        family, colon, rest = text.strip().partition(":")
        options = [o.strip() for o in rest.replace("+", ",").split(",")] if colon else []
        for option in options:
            if option not in MODEL_OPTIONS:
                raise InputError.one(
                    f"unknown model option '{option}'",
                    "model",
                    f"'{text}' is not a family with options",
                    allowed_text(option, MODEL_OPTIONS),
                )
        return cls(family.strip(), "no-inputs" in options, "one-sector" in options)

    @property
    def profits(self) -> bool:
        """Whether firms make pure profits."""
        return self.family == "ossa"

    @property
    def drops_inputs(self) -> bool:
        """Whether input-output links are dropped."""
        return self.no_inputs or self.family in WITHOUT_INPUTS

    def label(self) -> str:
        """Return the model as written on the command line and printed in outputs."""
        options = [
            name
            for name, on in zip(MODEL_OPTIONS, (self.no_inputs, self.one_sector), strict=True)
            if on and not (name == "no-inputs" and self.family in WITHOUT_INPUTS)
        ]
        return self.family + (":" + ",".join(options) if options else "")

    def describe(self, world: World) -> str:
        """Return the label with what the world itself lacks said beside it."""
        bare = not world.has_inputs and not self.drops_inputs
        return f"{self.label()} without inputs" if bare else self.label()


def adapt_world(world: World, model: Model) -> World:
    """Return the world as the model sees it: without inputs, with one sector, or as it is.

    Without inputs all output is value added and all spending final. With one sector the
    elasticity is the import-weighted mean, the tariff the customs-value-weighted mean.
    """
    if not ((model.drops_inputs and world.has_inputs) or _merges(world, model)):
        return world
    return _adapted(_Key(world), model)


def adapt_policy(world: World, policy: Policy, theta: ElasticitySet, model: Model) -> Policy:
    r"""Return a policy on ``world`` as the model sees it.

    Without merging it is the policy itself. Merged sectors are treated as parts of one
    CES flow: :math:`\hat\kappa = [\sum_s \varphi_s \hat\kappa_s^{-\theta}]^{-1/\theta}` and
    :math:`1/(1+\tau') = \sum_s s'_s/(1+\tau'_s)`, theta the merged elasticity.
    """
    if not _merges(world, model):
        return policy
    mean = adapt_theta(world, theta, model).theta[0]
    customs = world.accounts.customs_value
    paid = customs * (1.0 + world.tariffs)
    total = paid.sum(axis=2, keepdims=True)
    phi = np.divide(paid, total, out=np.zeros_like(paid), where=total > 0)
    pull = phi * policy.cost_hat**-mean
    sum_pull = pull.sum(axis=2, keepdims=True)
    safe = np.where(sum_pull > 0, sum_pull, 1.0)
    cost = np.where(sum_pull > 0, safe ** (-1.0 / mean), 1.0)
    keep = (pull / safe / (1.0 + policy.tariff_prime)).sum(axis=2, keepdims=True)
    tariff = np.where(keep > 0, 1.0 / np.where(keep > 0, keep, 1.0) - 1.0, 0.0)
    tax = None
    if policy.export_tax_prime is not None:
        share = pull / safe / (1.0 + policy.tariff_prime)
        net = (share / (1.0 + policy.export_tax_prime)).sum(axis=2, keepdims=True)
        tax = np.where(net > 0, keep / np.where(net > 0, net, 1.0) - 1.0, 0.0)
    return Policy(cost, tariff, tax)


def adapt_theta(world: World, theta: ElasticitySet, model: Model) -> ElasticitySet:
    """Return the elasticities as the model sees them: merged if it has one sector."""
    if not _merges(world, model):
        return theta
    imports = world.accounts.customs_value.sum(axis=(0, 1))
    imports = imports - np.einsum("nns->s", world.accounts.customs_value)
    mean = np.average(theta.theta, weights=imports if imports.sum() > 0 else None)
    return ElasticitySet(theta.name, np.array([mean]), theta.source, theta.note)


def _merges(world: World, model: Model) -> bool:
    return model.one_sector and len(world.sectors) > 1


@dataclass(frozen=True, eq=False)
class _Key:
    """A world as a cache key: equal content, equal key."""

    world: World

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Key) and self.world.content_hash == other.world.content_hash

    def __hash__(self) -> int:
        return hash(self.world.content_hash)


@lru_cache(maxsize=32)
def _adapted(key: _Key, model: Model) -> World:
    world = key.world
    if _merges(world, model):
        world = aggregate(
            world, sectors={ALL_SECTORS: world.sectors}, name=f"{world.name} (one sector)"
        )
    if model.drops_inputs and world.has_inputs:
        world = world.with_changes(
            value_added_share=None, input_share=None, name=f"{world.name} (no inputs)"
        )
    return world
