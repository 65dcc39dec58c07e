r"""The programmes that every bargaining solution comes down to, solved with exact gradients.

Three forms are enough, for levers z in the feasible set Z of a :class:`Bargain`:

.. math::
   \text{weighted:}\;& \max_z \sum_i w_i u_i(z) \\
   \text{along a ray:}\;& \max_{z,t} t \;\text{ s.t. }\; u_i(z) \ge p_i + t\, r_i \\
   \text{Nash:}\;& \max_z \sum_i \beta_i \ln(u_i(z) - d_i)

each with u(z) at least a floor where one is given. They are solved by sequential quadratic
programming (SciPy's SLSQP) in levers scaled to the unit interval, from several starts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from parley.bargaining.model import Curvature, local_problem
from parley.bargaining.on_model import Climb, Ray, levers_on_model
from parley.bargaining.problem import Bargain, Outcome

__all__ = ["Solved", "along_ray", "nash_product", "starts_of", "weighted"]

Array = NDArray[np.float64]
Function = Callable[[Outcome], float]
STEPS = 120
PRECISION = 1e-10
# What a constraint may miss, as a part of the payoffs' scale.
FEASIBLE = 1e-7
# On quadratic models: how many, and when they rest (gain promised, as a part of the
# programme's value; move, as a part of the levers' range).
MODELS = 40
# What a breach of a constraint costs, in the programme's value, when steps are judged.
PENALTY = 10.0
RESTED = 1e-9
AT_REST = 1e-9


@dataclass(frozen=True, eq=False)
class Solved:
    """The best point found, the value there, and whether it satisfies all constraints.

    ``value`` is the programme's own objective; ``missed`` the largest breach of a
    constraint, as a part of its scale.
    """

    outcome: Outcome
    value: float
    missed: float

    @property
    def feasible(self) -> bool:
        """Whether every constraint holds."""
        return self.outcome.ok and self.missed <= FEASIBLE


def starts_of(problem: Bargain, *more: Array) -> list[Array]:
    """Return levers to start from: given ones, the status quo, all the way, half way.

    On models, which are solved globally as far as they are concave, half way is left out.
    """
    away = np.abs(problem.start - problem.lower) > np.abs(problem.upper - problem.start)
    far = np.where(away, problem.lower, problem.upper)
    found = [*more, problem.start, far]
    return found if problem.curvature is not None else [*found, 0.5 * (problem.start + far)]


def weighted(
    problem: Bargain,
    weights: Array,
    *,
    at_least: Array | None = None,
    starts: Sequence[Array] = (),
) -> Solved:
    """Return the feasible levers of the largest weighted sum of payoffs.

    ``weights`` [party]; ``at_least`` [party], payoffs that nobody may fall below.
    """
    w = np.asarray(weights, dtype=np.float64)
    scale = float(np.abs(w * problem.scale).sum()) or 1.0
    return _best(
        problem,
        lambda o: float(w @ o.payoffs) / scale,
        Climb(lambda o: w / scale, lambda o: np.zeros((len(w), len(w)))),
        at_least,
        starts or starts_of(problem),
        rescale=scale,
    )


def nash_product(
    problem: Bargain,
    powers: Array,
    *,
    inside: Outcome,
    at_least: Array | None = None,
    starts: Sequence[Array] = (),
) -> Solved:
    """Return the levers of the largest product of surpluses to the bargaining powers.

    ``inside`` is a point where every party gains; the search keeps everybody's surplus
    above a thousandth of what it is there. ``at_least`` [party]: payoffs that nobody may
    fall below, the disagreement point if None.
    """
    beta = np.asarray(powers, dtype=np.float64) / np.sum(powers)
    least = 1e-3 * problem.surplus(inside)

    def value(o: Outcome) -> float:
        # Below the least surplus the logarithm goes on as a straight line.
        gain, held = problem.surplus(o), np.maximum(problem.surplus(o), least)
        return float(beta @ (np.log(held / problem.scale) + np.minimum(gain - least, 0.0) / least))

    def slope(o: Outcome) -> Array:
        found: Array = beta / np.maximum(problem.surplus(o), least)
        return found

    def bend(o: Outcome) -> Array:
        gain = problem.surplus(o)
        return np.diag(np.where(gain > least, -beta / np.maximum(gain, least) ** 2, 0.0))

    return _best(
        problem,
        value,
        Climb(slope, bend),
        problem.disagreement if at_least is None else at_least,
        [inside.levers, *starts],
    )


def along_ray(
    problem: Bargain,
    origin: Array,
    direction: Array,
    *,
    at_least: Array | None = None,
    starts: Sequence[Array] = (),
) -> Solved:
    """Return the levers that reach farthest from a point in payoffs along a direction.

    ``origin``, ``direction`` [party], the direction without a zero or negative entry;
    ``value`` is the number of directions travelled: the smallest of
    ``(u - origin) / direction``, negative if the point lies beyond what is feasible.
    """
    r = np.asarray(direction, dtype=np.float64)

    def solve(at: Bargain, z: Array) -> Solved:
        return _ray(at, origin, r, at_least, z)

    def value(o: Outcome) -> float:
        return float(((o.payoffs - origin) / r).min())

    goal = Ray(origin, r)
    return _from_all(problem, goal, solve, value, starts or starts_of(problem), at_least)


def _ray(problem: Bargain, origin: Array, r: Array, at_least: Array | None, start: Array) -> Solved:
    """Solve the programme along a ray from one start: unknowns are the levers and t."""
    free = problem.free
    width = (problem.upper - problem.lower)[free]
    unit = float((np.abs(r) / problem.scale).max())  # t in units of the payoffs' scale

    def levers(x: Array) -> Array:
        z = problem.lower.copy()
        z[free] += np.clip(x[:-1], 0.0, 1.0) * width
        return z

    def rows(x: Array) -> Array:
        o = problem.at(levers(x))
        reached = (o.payoffs - origin - x[-1] / unit * r) / problem.scale
        return np.concatenate([reached, *_rest(problem, o, at_least)])

    def slopes(x: Array) -> Array:
        o = problem.at(levers(x))
        payoffs, slack = problem.gradients(o)
        by_levers = payoffs[:, free] * width / problem.scale[:, None]
        by_t = -r / unit / problem.scale
        found = [np.column_stack([by_levers, by_t])]
        for block in _rest_slopes(problem, payoffs, slack, at_least):
            found.append(np.column_stack([block[:, free] * width, np.zeros(len(block))]))
        return np.concatenate(found)

    first = problem.at(start)
    t0 = unit * float(((first.payoffs - origin) / r).min())
    x0 = np.append(((first.levers - problem.lower)[free]) / np.where(width > 0, width, 1.0), t0)
    goal = np.zeros(len(x0))
    goal[-1] = -1.0
    ended = minimize(
        lambda x: -float(x[-1]),
        x0,
        jac=lambda x: goal,
        method="SLSQP",
        bounds=[*((0.0, 1.0) for _ in width), (None, None)],
        constraints={"type": "ineq", "fun": rows, "jac": slopes},
        options={"maxiter": STEPS, "ftol": PRECISION},
    )
    out = problem.at(levers(ended.x))
    value = float(((out.payoffs - origin) / r).min())
    missed = _missed(problem, out, at_least)
    if not out.ok or (missed > FEASIBLE and _missed(problem, first, at_least) <= FEASIBLE):
        return Solved(first, float(((first.payoffs - origin) / r).min()), 0.0)
    return Solved(out, value, missed)


def _best(
    problem: Bargain,
    value: Function,
    goal: Climb,
    at_least: Array | None,
    starts: Sequence[Array],
    rescale: float = 1.0,
) -> Solved:
    def solve(at: Bargain, z: Array) -> Solved:
        return _climb(at, value, goal, at_least, z)

    found = _from_all(problem, goal, solve, value, starts, at_least)
    return Solved(found.outcome, found.value * rescale, found.missed)


def _from_all(
    problem: Bargain,
    goal: Ray | Climb,
    solve: Callable[[Bargain, Array], Solved],
    value: Function,
    starts: Sequence[Array],
    at_least: Array | None,
) -> Solved:
    """Return the best solution over the starts, by models where the problem has Hessians."""
    found: Solved | None = None
    for z in starts:
        if problem.curvature is None:
            solved = solve(problem, z)
        else:
            solved = _by_models(problem, problem.curvature, goal, solve, value, z, at_least)
        if found is None or _better(solved, found):
            found = solved
    assert found is not None
    return found


def _by_models(
    problem: Bargain,
    curvature: Curvature,
    goal: Ray | Climb,
    solve: Callable[[Bargain, Array], Solved],
    value: Function,
    start: Array,
    at_least: Array | None,
) -> Solved:
    """Solve on a quadratic model, move there, stand the model there anew, until it rests."""
    width = np.where(problem.free, problem.upper - problem.lower, 1.0)

    def judged(o: Outcome) -> Solved:
        return Solved(o, value(o), _missed(problem, o, at_least))

    def merit(found: Solved) -> float:
        return found.value - PENALTY * found.missed if found.outcome.ok else -np.inf

    best, reach = judged(problem.at(start)), 1.0
    for _ in range(MODELS):
        z = best.outcome.levers
        if not best.outcome.ok:
            break
        ahead = levers_on_model(problem, best.outcome, curvature, goal, at_least, z, reach)
        local = local_problem(problem, best.outcome, curvature)
        if ahead is None:
            low = np.maximum(problem.lower, z - reach * width)
            high = np.minimum(problem.upper, z + reach * width)
            ahead = solve(local.within(low, high), z).outcome.levers
        promised = merit(judged(local.at(ahead))) - merit(best)
        step = float(np.abs((ahead - z) / width).max(initial=0.0))
        if promised <= RESTED * max(1.0, abs(best.value)) or step <= AT_REST:
            break
        tried = problem.at(ahead)
        if not tried.ok:
            reach = 0.25 * step
            continue
        new, old = problem.gradients(tried), problem.gradients(best.outcome)
        bends = (new[0] - old[0], new[1] - old[1])
        curvature = curvature.learnt(tried.levers - z, bends, width)
        gained = merit(judged(tried)) - merit(best)
        if gained < 0.25 * promised:
            reach = 0.5 * step
        elif gained > 0.75 * promised:
            reach = min(1.0, max(reach, 2.0 * step))
        if gained > 0:
            best = judged(tried)
    return best


def _climb(
    problem: Bargain, value: Function, goal: Climb, at_least: Array | None, start: Array
) -> Solved:
    """Maximise a function of the outcome over the levers from one start."""
    free = problem.free
    width = (problem.upper - problem.lower)[free]

    def outcome(v: Array) -> Outcome:
        z = problem.lower.copy()
        z[free] += np.clip(v, 0.0, 1.0) * width
        return problem.at(z)

    def rows(v: Array) -> Array:
        o = outcome(v)
        return np.concatenate([np.zeros(0), *_rest(problem, o, at_least)])

    def slopes(v: Array) -> Array:
        payoffs, slack = problem.gradients(outcome(v))
        blocks = _rest_slopes(problem, payoffs, slack, at_least)
        return np.concatenate([np.zeros((0, len(v))), *(b[:, free] * width for b in blocks)])

    first = problem.at(start)
    bound = len(_rest(problem, first, at_least)) > 0
    v0 = (first.levers - problem.lower)[free] / np.where(width > 0, width, 1.0)
    if not len(v0):
        return Solved(first, value(first), _missed(problem, first, at_least))
    ended = minimize(
        lambda v: -value(outcome(v)),
        v0,
        jac=lambda v: -(goal.slope(outcome(v)) @ problem.gradients(outcome(v))[0])[free] * width,
        method="SLSQP",
        bounds=[(0.0, 1.0)] * len(v0),
        constraints={"type": "ineq", "fun": rows, "jac": slopes} if bound else (),
        options={"maxiter": STEPS, "ftol": PRECISION},
    )
    out = outcome(ended.x)
    return Solved(out, value(out), _missed(problem, out, at_least))


def _rest(problem: Bargain, o: Outcome, at_least: Array | None) -> list[Array]:
    """Return the constraints besides bounds, scaled: least payoffs, then floors."""
    found = []
    if at_least is not None:
        asked = np.isfinite(at_least)
        found.append(((o.payoffs - at_least) / problem.scale)[asked])
    if o.slack.size:
        found.append(o.slack)
    return found


def _rest_slopes(
    problem: Bargain, payoffs: Array, slack: Array, at_least: Array | None
) -> list[Array]:
    found = []
    if at_least is not None:
        asked = np.isfinite(at_least)
        found.append((payoffs / problem.scale[:, None])[asked])
    if slack.size:
        found.append(slack)
    return found


def _missed(problem: Bargain, o: Outcome, at_least: Array | None) -> float:
    rows = _rest(problem, o, at_least)
    return max(0.0, -float(np.concatenate(rows).min(initial=0.0))) if rows else 0.0


def _better(one: Solved, other: Solved) -> bool:
    if one.feasible != other.feasible:
        return one.feasible
    if one.feasible:
        return one.value > other.value + 1e-12 * max(1.0, abs(other.value))
    return one.missed < other.missed
