"""What every solver returns beside its values: a status, residuals, and how it got there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from parley.errors import NotConvergedError

__all__ = ["CONVERGED", "NOT_CONVERGED", "RESIDUAL_TOLERANCE", "SolverReport"]

CONVERGED = "converged"
NOT_CONVERGED = "not-converged"

# A solution is shown only if none of its relative residuals exceeds this.
RESIDUAL_TOLERANCE = 1e-9


@dataclass(frozen=True)
class SolverReport:
    """How a solution was found and how well it holds.

    Attributes
    ----------
    status
        "converged" or "not-converged".
    method
        Solver that produced the point.
    iterations
        Evaluations of the equations.
    residuals
        Largest relative error by name of the condition.
    path
        Largest residual after each evaluation, over all attempts.
    advice
        What to try if it did not converge.
    """

    status: str
    method: str
    iterations: int
    residuals: Mapping[str, float]
    path: tuple[float, ...] = field(default=())
    advice: str = ""

    @property
    def ok(self) -> bool:
        """Whether the solution is proven and may be shown."""
        return self.status == CONVERGED

    @property
    def worst_residual(self) -> float:
        """Largest of the residuals."""
        return max(self.residuals.values())

    def require(self, what: str) -> None:
        """Raise :class:`~parley.errors.NotConvergedError` unless the solution is proven."""
        if not self.ok:
            raise NotConvergedError(
                f"no equilibrium was found for {what} ({self.method}, {self.iterations} "
                f"evaluations, largest residual {self.worst_residual:.1e})",
                self.path,
                self.advice,
            )
