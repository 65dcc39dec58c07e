"""The common ground of a scenario's talks, as its brief tells it."""

from __future__ import annotations

from collections.abc import Callable

from parley.arena import Rules, arena_of_study
from parley.bargaining.solutions import SOLUTIONS
from parley.deals.assess import DealAssessment, assess_deal
from parley.deals.scope import ALL, TABLE
from parley.deals.table import scopes_of, table_of_study, talks_of
from parley.errors import InputError, NotConvergedError
from parley.studies import Study

__all__ = ["POINTS", "common_ground_of"]

POINTS = 8
"""Points of the frontier in a brief."""

SHORT: tuple[str, ...] = ("nash", "kalai-smorodinsky")
"""Bargaining solutions in a brief that is not full: those that no unit of account moves."""


def common_ground_of(
    study: Study,
    *,
    full: bool = False,
    told: Callable[[str, int, int], None] | None = None,
) -> tuple[DealAssessment | None, str]:
    """Return the assessed talks of a study, or None and the reason why there is none.

    Parameters
    ----------
    study
        The study, in its main setting; governments have the scenario's weights if it has any.
    full
        Whether the search in whole lines and issue linkage are wanted.
    told
        Told (what, done, total) on the way.
    """
    if not any(p.kind == "deal" and p.talks for p in study.resolved.packages.values()):
        return None, "no deal is on the table of any talks"
    arena = arena_of_study(study)
    rules = Rules(weights="scenario" if arena.constituencies else "none", floors=True)
    try:
        talks = talks_of(study, None)
        table = None
        for scope in (TABLE, ALL) if len(scopes_of(study, talks)) > 2 else (TABLE,):
            try:
                table = table_of_study(arena, talks, rules, scope=scope)
                break
            except InputError as error:
                last = error
        if table is None:
            raise last
        names = SOLUTIONS if full else SHORT
        return assess_deal(
            table, solutions=names, points=POINTS, lines=full, link=full, told=told
        ), ""
    except (InputError, NotConvergedError) as error:
        return None, _sentence(error)


def _sentence(error: InputError | NotConvergedError) -> str:
    """Return what is wrong, why, and what would mend it, in one sentence."""
    if isinstance(error, NotConvergedError):
        return "; ".join(filter(None, (error.message, error.advice)))
    first = error.problems[0]
    where = f" ({first.where})" if first.where else ""
    why = f", because {first.why}" if first.why else ""
    do = f" (for parley deal: {first.do})" if first.do else ""
    return first.what + where + why + do
