"""Solve a counterfactual: joint fixed point first, Newton-Krylov along a path if it fails."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import optimistix as optx
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.equilibrium.baseline import Baseline, baseline_from_world
from parley.equilibrium.caliendo_parro import (
    Levels,
    PolicyTerms,
    initial_guess,
    levels,
    policy_terms,
    residuals,
    update,
)
from parley.equilibrium.closures import (
    Closure,
    ClosureTerms,
    balanced_terms,
    closure_terms,
)
from parley.equilibrium.result import Equilibrium
from parley.numerics.anderson import Anderson
from parley.numerics.newton_krylov import newton_krylov
from parley.policy.wedges import Policy, no_change
from parley.solution import CONVERGED, NOT_CONVERGED, RESIDUAL_TOLERANCE, SolverReport

__all__ = ["MODEL", "purge_deficits", "solve"]

MODEL = "caliendo-parro"
TOLERANCE = 1e-11
# The purged baseline is solved further, so that it is itself exact.
PURGE_TOLERANCE = 1e-14
MAX_STEPS = 400
MAX_PATH_STEPS = 60
ADVICE = (
    "the policy may leave a region without income (large import subsidies do) or be too far "
    "from the baseline: try a smaller change, another closure, or another elasticity source"
)
NO_INCOME = (
    "the equations have a solution, but with negative income somewhere: import subsidies cost "
    "a region more than it earns, so no equilibrium with positive spending exists nearby"
)
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class _Prepared:
    world: World
    baseline: Baseline
    terms: ClosureTerms


_CACHE: OrderedDict[tuple[str, ...], _Prepared] = OrderedDict()
_CACHE_SIZE = 32


def solve(
    world: World,
    policy: Policy | None = None,
    *,
    elasticity: str | ElasticitySet | None = None,
    closure: str | Closure = "world-share",
    method: str = "auto",
) -> Equilibrium:
    """Return the Caliendo-Parro equilibrium of a policy on a world.

    Parameters
    ----------
    world
        The exact baseline; with ``input_share`` None the model has no inputs.
    policy
        Wedges against the world's year, arrays [importer, exporter, sector]; None
        changes nothing, and is solved like any other policy.
    elasticity
        Name of one of the world's elasticity sets, or a set; None takes the first.
    closure
        "zero", "fixed", "fixed:REGION", "world-share" or "own-share"
        (:mod:`parley.equilibrium.closures`).
    method
        "auto": Anderson iteration, then Newton-Krylov if it fails; "anderson" or
        "newton" to use only one.

    Returns
    -------
    Equilibrium
        Its ``report.status`` says whether it is proven; call ``require()`` before use.

    Raises
    ------
    InputError
        Unknown elasticity set or closure.
    """
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    rule = closure if isinstance(closure, Closure) else Closure.parse(closure)
    base = _prepare(world, theta, rule)
    wedges = no_change(base.world) if policy is None else policy
    return _result(base, wedges, theta, rule, *_find(base, wedges, method))


def purge_deficits(world: World, elasticity: str | ElasticitySet | None = None) -> World:
    """Return the world as it would be with balanced trade: D' = 0 at unchanged policy.

    Its flows are the counterfactual ones, everything else follows from them, so it is
    an exact baseline itself (Caliendo & Parro 2015, section 4; Ossa 2014).

    Raises
    ------
    NotConvergedError
        If the balanced equilibrium cannot be found.
    """
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    a = world.accounts
    if np.max(np.abs(a.deficit)) <= 1e-13 * a.income.max():
        return world
    terms = balanced_terms(a.value_added)
    base = _Prepared(world, baseline_from_world(world, theta.theta), terms)
    policy = no_change(world)
    found = _result(
        base, policy, theta, Closure("zero"), *_find(base, policy, "auto", PURGE_TOLERANCE)
    )
    found.require(f"the balanced-trade baseline of '{world.name}'")
    return world.with_changes(flows=found.flows, name=f"{world.name} (deficits purged)")


def _prepare(world: World, theta: ElasticitySet, rule: Closure) -> _Prepared:
    key = (world.content_hash, theta.theta.tobytes().hex(), rule.label())
    if key in _CACHE:
        _CACHE.move_to_end(key)
        return _CACHE[key]
    numeraire = world.region_index(rule.numeraire) if rule.numeraire else None
    start = purge_deficits(world, theta) if rule.name == "zero" else world
    a = start.accounts
    prepared = _Prepared(
        start,
        baseline_from_world(start, theta.theta),
        closure_terms(rule, a.value_added, a.deficit, numeraire),
    )
    _CACHE[key] = prepared
    while len(_CACHE) > _CACHE_SIZE:
        _CACHE.popitem(last=False)
    return prepared


def _find(
    base: _Prepared, policy: Policy, method: str, tolerance: float = TOLERANCE
) -> tuple[Array, Levels, SolverReport]:
    if method not in ("auto", "anderson", "newton"):
        raise ValueError(f"method must be auto, anderson or newton, not {method!r}")
    path: tuple[float, ...] = ()
    evaluations = 0
    unknowns = np.asarray(initial_guess(base.baseline))
    if method != "newton":
        y, errors, steps, at, checks = _fixed_point(
            base.baseline, *_arrays(policy), base.terms, jnp.asarray(tolerance)
        )
        unknowns = np.asarray(y)
        evaluations = int(steps)
        path = tuple(float(e) for e in np.asarray(errors)[: min(evaluations, len(errors))])
        report = _report("Anderson iteration", evaluations, checks, path, at)
        if report.ok or method == "anderson":
            return unknowns, at, report
    found, more, broke = _along_path(base, policy)
    if found is not None:
        unknowns = found
    at, checks = _evaluate(jnp.asarray(unknowns), base.baseline, *_arrays(policy), base.terms)
    name = "Newton-Krylov" if method == "newton" else "Anderson iteration, then Newton-Krylov"
    return unknowns, at, _report(name, evaluations + len(more), checks, (*path, *more), at, broke)


def _report(
    method: str,
    evaluations: int,
    checks: dict[str, Any],
    path: tuple[float, ...],
    at: Levels,
    broke: str = "",
) -> SolverReport:
    """Return the report; a point where some region has no income left is no equilibrium."""
    values = {k: float(v) for k, v in checks.items()}
    values = {k: v if np.isfinite(v) else float("inf") for k, v in values.items()}
    solved = max(values.values()) <= RESIDUAL_TOLERANCE
    ok = solved and float(np.min(at.income)) > 0
    advice = "" if ok else NO_INCOME if solved else ADVICE
    if broke and not ok:
        advice = f"{broke}: {advice}"
    status = CONVERGED if ok else NOT_CONVERGED
    return SolverReport(status, method, evaluations, values, path, advice)


def _along_path(base: _Prepared, policy: Policy) -> tuple[Array | None, list[float], str]:
    """Solve by Newton-Krylov, the policy phased in; steps halve when one fails.

    Returns the unknowns (None if the path ends before the policy is reached), the residual
    of every step, and where some region's income turned negative on the way, "" if nowhere.
    """
    start, goal = no_change(base.world), policy
    b = base.baseline
    y = np.asarray(initial_guess(b))
    reached, stride, broke = 0.0, 1.0, ""
    path: list[float] = []
    for _ in range(MAX_PATH_STEPS):
        if reached >= 1.0 or stride <= 1e-3:
            break
        t = min(1.0, reached + stride)
        wedges = _between(start, goal, t)
        terms = _policy_terms(b, *_arrays(wedges))

        def residual(z: Array, terms: PolicyTerms = terms) -> Array:
            return np.asarray(_gap(jnp.asarray(z), b, terms, base.terms))

        def jvp(z: Array, v: Array, terms: PolicyTerms = terms) -> Array:
            return np.array(_gap_jvp(jnp.asarray(z), jnp.asarray(v), b, terms, base.terms))

        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            found = newton_krylov(residual, jvp, y, tolerance=TOLERANCE)
        path += list(found.path)
        if found.converged or (t == 1.0 and found.residual <= 10 * TOLERANCE):
            y, reached, stride = found.y, t, min(2 * stride, 1.0)
            at, _ = _evaluate(jnp.asarray(y), b, *_arrays(wedges), base.terms)
            income = np.asarray(at.income)
            if not broke and income.min() <= 0:
                region = base.world.regions[int(income.argmin())]
                broke = f"the income of {region} turns negative {t:.0%} of the way to the policy"
        else:
            stride /= 2
    return (y if reached >= 1.0 else None), path, broke


def _between(start: Policy, goal: Policy, t: float) -> Policy:
    """Return the policy a fraction t of the way, geometrically in one plus the rates."""

    def mix(a: Array, b: Array) -> Array:
        value: Array = (1 + a) ** (1 - t) * (1 + b) ** t - 1
        return value

    tax = None
    if goal.export_tax_prime is not None:
        origin = start.export_tax_prime
        zero = np.zeros_like(goal.export_tax_prime)
        tax = mix(zero if origin is None else origin, goal.export_tax_prime)
    return Policy(goal.cost_hat**t, mix(start.tariff_prime, goal.tariff_prime), tax)


def _arrays(policy: Policy) -> tuple[Any, Any, Any]:
    return policy.cost_hat, policy.tariff_prime, policy.export_tax_prime


@eqx.filter_jit
def _fixed_point(
    baseline: Baseline,
    cost_hat: Any,
    tariff_prime: Any,
    export_tax_prime: Any,
    closure: ClosureTerms,
    tolerance: Any,
) -> tuple[Any, Any, Any, Levels, dict[str, Any]]:
    terms = policy_terms(baseline, cost_hat, tariff_prime, export_tax_prime)
    found: optx.Solution[Any, Any] = optx.fixed_point(
        lambda y, args: update(y, *args),
        Anderson(rtol=0.0, atol=tolerance),
        initial_guess(baseline),
        (baseline, terms, closure),
        max_steps=MAX_STEPS,
        throw=False,
    )
    at = levels(found.value, baseline, terms, closure)
    checks = residuals(found.value, baseline, terms, closure)
    return found.value, found.stats["path"], found.stats["num_steps"], at, checks


@eqx.filter_jit
def _evaluate(
    y: Any,
    baseline: Baseline,
    cost_hat: Any,
    tariff_prime: Any,
    export_tax_prime: Any,
    closure: ClosureTerms,
) -> tuple[Levels, dict[str, Any]]:
    terms = policy_terms(baseline, cost_hat, tariff_prime, export_tax_prime)
    return levels(y, baseline, terms, closure), residuals(y, baseline, terms, closure)


_policy_terms = eqx.filter_jit(policy_terms)


@eqx.filter_jit
def _gap(y: Any, baseline: Baseline, terms: PolicyTerms, closure: ClosureTerms) -> Any:
    return update(y, baseline, terms, closure) - y


@eqx.filter_jit
def _gap_jvp(y: Any, v: Any, baseline: Baseline, terms: PolicyTerms, closure: ClosureTerms) -> Any:
    return jax.jvp(lambda z: _gap(z, baseline, terms, closure), (y,), (v,))[1]


def _result(
    base: _Prepared,
    policy: Policy,
    theta: ElasticitySet,
    rule: Closure,
    unknowns: Array,
    at: Levels,
    report: SolverReport,
) -> Equilibrium:
    n, s = base.baseline.final_share.shape
    log_price = unknowns[n : n + n * s].reshape(n, s)
    log_spending = unknowns[n + n * s :].reshape(n, s)
    a = base.world.accounts
    arrays = {name: np.asarray(value) for name, value in at._asdict().items()}
    if rule.name == "fixed" and not rule.numeraire:
        largest = base.world.regions[int(np.argmax(a.value_added))]
        rule = Closure("fixed", largest)
    return Equilibrium(
        world=base.world,
        policy=policy,
        model=MODEL if base.world.has_inputs else f"{MODEL} without inputs",
        closure=rule.label(),
        elasticity=theta,
        report=report,
        w_hat=arrays["w_hat"],
        price_hat=np.exp(log_price),
        cost_hat=arrays["cost_hat"],
        expenditure=a.expenditure * np.exp(log_spending),
        output=arrays["output"],
        income=arrays["income"],
        tariff_revenue=arrays["tariff_revenue"],
        export_tax_revenue=arrays["export_tax_revenue"],
        deficit=arrays["deficit"],
    )
