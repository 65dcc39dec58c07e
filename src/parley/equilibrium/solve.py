"""Solve a counterfactual: joint fixed point first, Newton-Krylov along a path if it fails."""

from __future__ import annotations

import warnings
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import Any

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from parley.economy.elasticity import ElasticitySet
from parley.economy.world import World
from parley.equilibrium.baseline import Baseline, baseline_from_world
from parley.equilibrium.closures import Closure, ClosureTerms, balanced_terms, closure_terms
from parley.equilibrium.kernel import Kernel, evaluate, fixed_point, initial_guess, kernel_of
from parley.equilibrium.models import Model, adapt_policy, adapt_theta, adapt_world
from parley.equilibrium.result import Equilibrium
from parley.equilibrium.trade import Levels, PolicyTerms, policy_terms
from parley.numerics.newton_krylov import NewtonResult, newton_krylov
from parley.policy.wedges import Policy, no_change
from parley.solution import CONVERGED, NOT_CONVERGED, RESIDUAL_TOLERANCE, SolverReport

__all__ = [
    "MODEL",
    "Prepared",
    "between",
    "equilibrium_of",
    "find",
    "prepare",
    "purge_deficits",
    "solve",
]

MODEL = "caliendo-parro"
TOLERANCE = 1e-11
# The purged baseline is solved further, so that it is itself exact.
PURGE_TOLERANCE = 1e-14
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
class Prepared:
    """A model on a world, ready to solve: ``world`` is the baseline its hats refer to."""

    world: World
    model: Model
    theta: ElasticitySet
    closure: Closure
    kernel: Kernel
    baseline: Baseline
    terms: ClosureTerms


_CACHE: OrderedDict[tuple[str, ...], Prepared] = OrderedDict()
_CACHE_SIZE = 32


def solve(
    world: World,
    policy: Policy | None = None,
    *,
    elasticity: str | ElasticitySet | None = None,
    closure: str | Closure = "world-share",
    model: str | Model = MODEL,
    method: str = "auto",
    payment: Array | None = None,
) -> Equilibrium:
    """Return the equilibrium of a policy on a world.

    Parameters
    ----------
    world
        The exact baseline; with ``input_share`` None there are no inputs.
    policy
        Wedges against the world's year, arrays [importer, exporter, sector]; None
        changes nothing, and is solved like any other policy.
    elasticity
        Name of one of the world's elasticity sets, or a set; None takes the first.
    closure
        "zero", "fixed", "fixed:REGION", "world-share" or "own-share"
        (:mod:`parley.equilibrium.closures`).
    model
        "caliendo-parro", "ossa", "krugman" or "specific-labour", with options
        (:mod:`parley.equilibrium.models`).
    method
        "auto": fixed point, then Newton-Krylov if it fails; "anderson" or "newton" to
        use only one.
    payment
        [region], million of currency, adding to zero: what each receives a year from other
        governments, lump-sum. It adds to the deficits, in the closure's own numeraire.

    Returns
    -------
    Equilibrium
        Its ``report.status`` says whether it is proven; call ``require()`` before use.

    Raises
    ------
    InputError
        Unknown elasticity set, closure or model.
    ValueError
        If payments have another shape, or do not add to zero.
    """
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    rule = closure if isinstance(closure, Closure) else Closure.parse(closure)
    kind = model if isinstance(model, Model) else Model.parse(model)
    base = prepare(world, theta, rule, kind)
    if payment is not None:
        if payment.shape != base.terms.fixed.shape:
            raise ValueError(f"payment must have shape {base.terms.fixed.shape}")
        if abs(payment.sum()) > 1e-9 * max(1.0, float(np.abs(payment).max())):
            raise ValueError(f"payments add to {payment.sum():g}: what one pays another receives")
        paid = base.terms.fixed + jnp.asarray(payment)
        base = replace(base, terms=eqx.tree_at(lambda t: t.fixed, base.terms, paid))
    if policy is None:
        wedges = no_change(base.world)
    else:
        wedges = adapt_policy(world, policy, theta, kind)
    return equilibrium_of(base, wedges, *find(base, wedges, method)[1:])


def purge_deficits(
    world: World,
    elasticity: str | ElasticitySet | None = None,
    model: str | Model = MODEL,
) -> World:
    """Return the world as it would be with balanced trade: D' = 0 at unchanged policy.

    Its flows are the counterfactual ones, everything else follows from them, so it is
    an exact baseline itself (Caliendo & Parro 2015, section 4; Ossa 2014).

    Raises
    ------
    NotConvergedError
        If the balanced equilibrium cannot be found.
    """
    kind = model if isinstance(model, Model) else Model.parse(model)
    theta = elasticity if isinstance(elasticity, ElasticitySet) else world.elasticity(elasticity)
    theta = adapt_theta(world, theta, kind)
    start = adapt_world(world, kind)
    a = start.accounts
    if np.max(np.abs(a.deficit)) <= 1e-13 * a.income.max():
        return start
    base = _prepared(start, kind, theta, Closure("zero"), balanced_terms(a.value_added))
    policy = no_change(start)
    method = "anderson" if base.kernel.entry else "auto"
    _, at, report = find(base, policy, method, PURGE_TOLERANCE)
    if not report.ok and base.kernel.entry:
        at, report = _purge_in_steps(base, policy, a.deficit, at, report)
    found = equilibrium_of(base, policy, at, report)
    found.require(f"the balanced-trade baseline of '{start.name}'")
    # Sectors that closed are left with nothing, not with rounding error.
    flows = np.where(found.variety_hat > 1e-12, found.flows, 0.0)
    return start.with_changes(flows=flows, name=f"{start.name} (deficits purged)")


def _purge_in_steps(
    base: Prepared, policy: Policy, deficit: Array, at: Levels, report: SolverReport
) -> tuple[Levels, SolverReport]:
    """Take deficits away a part at a time, each from the last; parts halve when one fails."""
    unknowns = np.asarray(initial_guess(base.kernel, base.baseline))
    reached, stride = 0.0, 0.1
    while reached < 1.0 and stride > 1e-3:
        part = min(1.0, reached + stride)
        terms = replace(base.terms, fixed=jnp.asarray((1.0 - part) * deficit))
        here = replace(base, terms=terms)
        y, at, report = find(here, policy, "anderson", PURGE_TOLERANCE, unknowns)
        if report.ok:
            unknowns, reached, stride = y, part, min(2.0 * stride, 0.25)
        else:
            stride /= 2
    return at, report


def prepare(world: World, theta: ElasticitySet, rule: Closure, model: Model) -> Prepared:
    """Return the model on the world, its deficits purged if the closure says so (cached)."""
    key = (world.content_hash, theta.theta.tobytes().hex(), rule.label(), model.label())
    if key in _CACHE:
        _CACHE.move_to_end(key)
        return _named(_CACHE[key], world, theta)
    purged = rule.name == "zero"
    start = purge_deficits(world, theta, model) if purged else adapt_world(world, model)
    if rule.name == "fixed" and not rule.numeraire:
        rule = Closure("fixed", start.regions[int(np.argmax(start.accounts.value_added))])
    numeraire = start.region_index(rule.numeraire) if rule.numeraire else None
    a = start.accounts
    terms = closure_terms(rule, a.value_added, a.deficit, numeraire)
    prepared = _prepared(start, model, adapt_theta(world, theta, model), rule, terms)
    _CACHE[key] = prepared
    while len(_CACHE) > _CACHE_SIZE:
        _CACHE.popitem(last=False)
    return prepared


def _named(found: Prepared, world: World, theta: ElasticitySet) -> Prepared:
    """Return a cached preparation under the names of this world and elasticity set."""
    own = adapt_theta(world, theta, found.model)
    if found.world.content_hash != world.content_hash:  # purged, merged or without inputs
        return replace(found, theta=own)
    return replace(found, world=world, theta=own)


def _prepared(
    world: World, model: Model, theta: ElasticitySet, rule: Closure, terms: ClosureTerms
) -> Prepared:
    baseline = baseline_from_world(world, theta.theta, profits=model.profits)
    kernel = kernel_of(model, world.has_inputs)
    return Prepared(world, model, theta, rule, kernel, baseline, terms)


def find(
    base: Prepared,
    policy: Policy,
    method: str = "auto",
    tolerance: float = TOLERANCE,
    start: Array | None = None,
) -> tuple[Array, Levels, SolverReport]:
    """Return the unknowns, the levels and the report of a policy's equilibrium.

    ``start`` are unknowns to begin from; the baseline's own if None.
    """
    if method not in ("auto", "anderson", "newton"):
        raise ValueError(f"method must be auto, anderson or newton, not {method!r}")
    path: tuple[float, ...] = ()
    evaluations = 0
    guess = initial_guess(base.kernel, base.baseline) if start is None else jnp.asarray(start)
    unknowns = np.asarray(guess)
    if method != "newton":
        y, errors, steps, at, checks = _fixed_point(
            base.kernel, base.baseline, *_arrays(policy), base.terms, guess, jnp.asarray(tolerance)
        )
        unknowns = np.asarray(y)
        evaluations = int(steps)
        path = tuple(float(e) for e in np.asarray(errors)[: min(evaluations, len(errors))])
        path = tuple(e for e in path if not np.isnan(e))
        report = _report("Anderson iteration", evaluations, checks, path, at)
        if report.ok or method == "anderson":
            return unknowns, at, report
    found, more, broke = _along_path(base, policy)
    if found is not None:
        unknowns = found
    at, checks = _evaluate(
        base.kernel, jnp.asarray(unknowns), base.baseline, *_arrays(policy), base.terms
    )
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


def _along_path(base: Prepared, policy: Policy) -> tuple[Array | None, list[float], str]:
    """Solve by Newton-Krylov, the policy phased in; steps halve when one fails.

    Returns the unknowns (None if the path ends before the policy is reached), the residual
    of every step, and where some region's income turned negative on the way, "" if nowhere.
    """
    begin, goal = no_change(base.world), policy
    b, kernel = base.baseline, base.kernel
    y = np.asarray(initial_guess(kernel, b))
    reached, stride, broke = 0.0, 1.0, ""
    path: list[float] = []
    for _ in range(MAX_PATH_STEPS):
        if reached >= 1.0 or stride <= 1e-3:
            break
        t = min(1.0, reached + stride)
        wedges = between(begin, goal, t)
        terms = _policy_terms(b, *_arrays(wedges))

        def residual(z: Array, terms: PolicyTerms = terms) -> Array:
            return np.asarray(_gap(kernel, jnp.asarray(z), b, terms, base.terms))

        def jvp(z: Array, v: Array, terms: PolicyTerms = terms) -> Array:
            return np.array(_gap_jvp(kernel, jnp.asarray(z), jnp.asarray(v), b, terms, base.terms))

        if kernel.entry:
            found = _dense_step(base, wedges, y)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", RuntimeWarning)
                found = newton_krylov(residual, jvp, y, tolerance=TOLERANCE)
        path += list(found.path)
        if found.converged or (t == 1.0 and found.residual <= 10 * TOLERANCE):
            y, reached, stride = found.y, t, min(2 * stride, 1.0)
            at, _ = _evaluate(kernel, jnp.asarray(y), b, *_arrays(wedges), base.terms)
            income = np.asarray(at.income)
            if not broke and income.min() <= 0:
                region = base.world.regions[int(income.argmin())]
                broke = f"the income of {region} turns negative {t:.0%} of the way to the policy"
        else:
            stride /= 2
    return (y if reached >= 1.0 else None), path, broke


def _dense_step(base: Prepared, policy: Policy, y: Array) -> NewtonResult:
    """Newton with the full Jacobian from the unknowns of a nearby policy."""
    found, errors, _, _, _ = _fixed_point(
        base.kernel,
        base.baseline,
        *_arrays(policy),
        base.terms,
        jnp.asarray(y),
        jnp.asarray(TOLERANCE),
    )
    error = float(errors[0])
    return NewtonResult(np.asarray(found), error, error <= TOLERANCE, (error,))


def between(start: Policy, goal: Policy, t: float) -> Policy:
    """Return the policy a fraction t of the way, geometrically in one plus the rates."""

    def mix(a: Array, b: Array) -> Array:
        value: Array = (1 + a) ** (1 - t) * (1 + b) ** t - 1
        return value

    tax = None
    if goal.export_tax_prime is not None or start.export_tax_prime is not None:
        zero = np.zeros_like(goal.tariff_prime)
        ends = (start.export_tax_prime, goal.export_tax_prime)
        tax = mix(*(zero if end is None else end for end in ends))
    cost = start.cost_hat ** (1 - t) * goal.cost_hat**t
    return Policy(cost, mix(start.tariff_prime, goal.tariff_prime), tax)


def _arrays(policy: Policy) -> tuple[Any, Any, Any]:
    return policy.cost_hat, policy.tariff_prime, policy.export_tax_prime


@eqx.filter_jit
def _fixed_point(
    kernel: Kernel,
    baseline: Baseline,
    cost_hat: Any,
    tariff_prime: Any,
    export_tax_prime: Any,
    closure: ClosureTerms,
    start: Any,
    tolerance: Any,
) -> tuple[Any, Any, Any, Levels, dict[str, Any]]:
    terms = policy_terms(baseline, cost_hat, tariff_prime, export_tax_prime)
    y, path, steps = fixed_point(kernel, baseline, terms, closure, start, tolerance)
    _, at, checks = evaluate(kernel, y, baseline, terms, closure)
    return y, path, steps, at, checks


@eqx.filter_jit
def _evaluate(
    kernel: Kernel,
    y: Any,
    baseline: Baseline,
    cost_hat: Any,
    tariff_prime: Any,
    export_tax_prime: Any,
    closure: ClosureTerms,
) -> tuple[Levels, dict[str, Any]]:
    terms = policy_terms(baseline, cost_hat, tariff_prime, export_tax_prime)
    return evaluate(kernel, y, baseline, terms, closure)[1:]


_policy_terms = eqx.filter_jit(policy_terms)


@eqx.filter_jit
def _gap(kernel: Kernel, y: Any, baseline: Baseline, terms: PolicyTerms, rule: ClosureTerms) -> Any:
    return evaluate(kernel, y, baseline, terms, rule)[0] - y


@eqx.filter_jit
def _gap_jvp(
    kernel: Kernel, y: Any, v: Any, baseline: Baseline, terms: PolicyTerms, rule: ClosureTerms
) -> Any:
    return jax.jvp(lambda z: _gap(kernel, z, baseline, terms, rule), (y,), (v,))[1]


def equilibrium_of(
    base: Prepared,
    policy: Policy,
    at: Levels,
    report: SolverReport,
) -> Equilibrium:
    """Return the labelled equilibrium of levels found by :func:`find`."""
    arrays = {name: np.asarray(value) for name, value in at._asdict().items()}
    return Equilibrium(
        world=base.world,
        policy=policy,
        model=base.model.describe(base.world),
        closure=base.closure.label(),
        elasticity=base.theta,
        report=report,
        **arrays,
    )
