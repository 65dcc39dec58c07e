"""The error tree: what went wrong, where, why, and what to do about it.

Every error a user can cause is an :class:`InputError` holding one or more
:class:`Problem` records; every answer that could not be proven is a
:class:`NotConvergedError`. Both carry the exit code of the command line.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = ["InputError", "NotConvergedError", "ParleyError", "Problem"]

SHOWN_PROBLEMS = 60


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong with an input.

    Attributes
    ----------
    what
        The fault itself, with the value found ("unknown region 'JAP'").
    where
        File and field path ("talks.toml: package[mini].changes[0].on[0]").
    why
        The rule that is broken ("the world 'toy' has no such region").
    do
        What would mend it, with the allowed values and the nearest match.
    """

    what: str
    where: str
    why: str = ""
    do: str = ""

    def render(self) -> str:
        """Return the problem as a few plain lines of text."""
        lines = [f"{self.where}: {self.what}" if self.where else self.what]
        if self.why:
            lines.append(f"    why: {self.why}")
        if self.do:
            lines.append(f"    do:  {self.do}")
        return "\n".join(lines)


class ParleyError(Exception):
    """Base of all errors Parley raises on purpose."""

    exit_code: int = 1


class InputError(ParleyError):
    """The input is wrong; nothing was computed and nothing was written."""

    exit_code = 2

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        if not self.problems:
            raise ValueError("an InputError needs at least one problem")
        super().__init__(self.render())

    @classmethod
    def one(cls, what: str, where: str = "", why: str = "", do: str = "") -> InputError:
        """Return an error with a single problem."""
        return cls((Problem(what, where, why, do),))

    def render(self) -> str:
        """Return all problems as text, the longest lists cut with a count."""
        shown = [p.render() for p in self.problems[:SHOWN_PROBLEMS]]
        more = len(self.problems) - len(shown)
        if more > 0:
            shown.append(f"... and {more} more problems of the same input")
        return "\n".join(shown)


class NotConvergedError(ParleyError):
    """No solution was found, or it could not be proven; no figure is shown.

    Parameters
    ----------
    message
        What was being solved and how far it got.
    residual_path
        Largest residual after each attempt or block of iterations.
    advice
        What the user may try.
    path_of
        What the path holds, if not residuals of an equilibrium.
    """

    exit_code = 3

    def __init__(
        self,
        message: str,
        residual_path: Iterable[float] = (),
        advice: str = "",
        path_of: str = "residuals",
    ) -> None:
        self.message = message
        self.path_of = path_of
        self.residual_path = tuple(float(r) for r in residual_path)
        self.advice = advice
        super().__init__(self.render())

    def render(self) -> str:
        """Return message, residual path and advice as text."""
        lines = [self.message]
        if self.residual_path:
            path = " -> ".join(f"{r:.1e}" for r in _thin(self.residual_path))
            lines.append(f"    {self.path_of}: {path}")
        if self.advice:
            lines.append(f"    do:  {self.advice}")
        return "\n".join(lines)


def _thin(path: tuple[float, ...], at_most: int = 12) -> list[float]:
    """Return at most ``at_most`` entries of a path, first and last kept."""
    if len(path) <= at_most:
        return list(path)
    step = (len(path) - 1) / (at_most - 1)
    return [path[round(i * step)] for i in range(at_most)]
