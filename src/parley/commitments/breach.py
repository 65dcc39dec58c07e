r"""What keeping, breaking and answering a commitment come to: three policies for each.

Against the status quo of ``as_of``, with the author acting alone:

========== ============================= =============================== ====================
form       comply                        deviate                         breaks it, tempted
========== ============================= =============================== ====================
act        the status quo                its threats carried out, its    the author
                                         instruments switched on or
                                         raised as far as the file goes
ceiling    held instruments at their     raised beyond it, as far as the the author
           highest promised level        file goes
floor      held instruments at their     at zero: the author gives more  the counterpart, who
           lowest promised level         than it said it would give      gets it
purchase   the purchase made             not made: the status quo        the author
========== ============================= =============================== ====================

The answer adds to the breach, in this order of what the file gives: the package or the threats
of ``on_breach``; the threats that answer what was carried out; for a mutual promise, the other
side's part dropped too; the breakdown of the talks on which it depends. Against a floor the
answer stands alone: the concession is gone with it. "As far as the file goes" is the ``rate``
of an additional tariff or export tax, else the upper end of ``bounds``; for an ordinary duty
the higher of that end and ``bound_rate``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from parley.commitments.answers import act, answer_of, answering_package
from parley.commitments.moves import Moved, raised, set_to
from parley.commitments.shelf import Shelf
from parley.errors import InputError
from parley.scenario.pledges import Commitment
from parley.studies import STATUS_QUO

__all__ = ["BreachCase", "State", "breach_cases", "purchase_case"]

Form = Literal["act", "ceiling", "floor", "purchase"]
NO_LEVEL = "it binds no instrument, threat, level or purchase that can be computed"


@dataclass(frozen=True)
class State:
    """One of the three policies: the key of a study, and what it is in words."""

    key: str
    what: str


@dataclass(frozen=True)
class BreachCase:
    """One way in which a commitment can be broken.

    Attributes
    ----------
    form, financing
        As in the table above; ``financing`` of a purchase, else "".
    breaker
        Party that acts against the promise.
    sides
        Parties it is worth something to: the one that promised, then the others.
    tempted
        Those that a breach might pay: whose payoffs decide whether it keeps itself.
    comply, deviate, punished
        The three policies; ``punished`` is None where the file names no answer.
    answer
        A word of :data:`parley.commitments.answers.ANSWERS`.
    notes
        What is to be said of it.
    """

    form: Form
    financing: str
    breaker: str
    sides: tuple[str, ...]
    tempted: tuple[str, ...]
    comply: State
    deviate: State
    punished: State | None
    answer: str
    notes: tuple[str, ...] = ()


def breach_cases(shelf: Shelf, commitment: Commitment) -> tuple[list[BreachCase], list[str]]:
    """Return every way in which a commitment can be broken, and why others are not computed.

    A mutual commitment can be broken by either side. Purchases are not among them: see
    :func:`purchase_case`.
    """
    cases: list[BreachCase] = []
    reasons: list[str] = []
    ends = [(commitment.by, commitment.to)]
    if commitment.mutual and commitment.to is not None:
        ends.append((commitment.to, commitment.by))
    for form in _forms(commitment):
        for by, to in ends:
            try:
                found = _case(shelf, commitment, form, by, to)
            except InputError as error:
                found = "; ".join(p.what for p in error.problems)
            if isinstance(found, str):
                reasons.append(found)
            else:
                cases.append(found)
    if not cases and not reasons and commitment.purchase is None:
        words = "; it is kept in words only" if commitment.no_faster_than else ""
        reasons.append(NO_LEVEL + words)
    return cases, list(dict.fromkeys(reasons))


def _forms(c: Commitment) -> list[Form]:
    held = {*c.not_below, *c.not_above}
    found: list[Form] = []
    if c.threats or (c.kind != "ceiling" and set(c.instruments) - held):
        found.append("act")
    if c.not_above:
        found.append("ceiling")
    if c.not_below:
        found.append("floor")
    return found


def _case(shelf: Shelf, c: Commitment, form: Form, by: str, to: str | None) -> BreachCase | str:
    """Return one way of breaking, or why it is not computed."""
    if form == "act":
        kept, broken = Moved(), act(shelf, c, by)
    else:
        kept, broken = _limits(shelf, c, form, by)
    if not broken.changes:
        return f"{by}: {'; '.join(broken.reasons) or 'nothing it binds can be moved'}"
    name = f"{c.id}:{form}:{by}"
    comply, _ = shelf.put(f"{name}:comply", kept.changes)
    deviate, package = shelf.put(f"{name}:deviate", broken.changes)
    if not package.concessions or deviate == comply:
        return f"{by}: it moves no duty on any trade of the world"
    receivers = tuple(dict.fromkeys(x.receiver for x in package.concessions if x.receiver != by))
    others = receivers if to is None else (to,)
    answer, changes, words = answer_of(shelf, c, by, broken)
    punished = None
    if answer != "none":
        before = () if form == "floor" else broken.changes
        bringing = answering_package(shelf, c, answer)
        key, _ = shelf.put(f"{name}:punished", (*before, *changes), bringing)
        punished = State(key, words)
    notes = list(broken.reasons)
    outside = [r for r in receivers if r not in others]
    if outside:
        notes.append(f"the breach falls on goods of {', '.join(outside)} as well")
    if form == "floor":
        notes.append(
            f"here {by} would give more than it said it would give at most, so the temptation is "
            f"that of {', '.join(others)}"
        )
    return BreachCase(
        form=form,
        financing="",
        breaker=by,
        sides=(by, *others),
        tempted=others if form == "floor" else (by,),
        comply=State(comply, "; ".join(kept.words) or "status quo"),
        deviate=State(deviate, "; ".join(broken.words)),
        punished=punished,
        answer=answer,
        notes=tuple(notes),
    )


def purchase_case(
    shelf: Shelf, c: Commitment, by: str, to: str, financing: str, key: str
) -> BreachCase | str:
    """Return the case of a purchase: made at ``key``, not made, and answered as the file says.

    Where the answer does not fit the world, the reason is returned instead.
    """
    answer, changes, words = answer_of(shelf, c, by, Moved())
    punished = None
    if answer != "none":
        try:
            bringing = answering_package(shelf, c, answer)
            key_then, _ = shelf.put(f"{c.id}:purchase:{by}:punished", changes, bringing)
            punished = State(key_then, words)
        except InputError as error:
            return "; ".join(p.what for p in error.problems)
    return BreachCase(
        form="purchase",
        financing=financing,
        breaker=by,
        sides=(by, to),
        tempted=(by,),
        comply=State(key, f"the purchase is made ({financing})"),
        deviate=State(STATUS_QUO, "the purchase is not made"),
        punished=punished,
        answer=answer,
    )


def _limits(shelf: Shelf, c: Commitment, form: Form, by: str) -> tuple[Moved, Moved]:
    """Return held instruments at their limit, and beyond it."""
    kept, broken = Moved(), Moved()
    own = set(shelf.story.places.regions((by,)))
    for name, limit in (c.not_below if form == "floor" else c.not_above).items():
        instrument = shelf.story.instrument(name)
        if instrument is None:
            continue
        if not own.intersection(shelf.story.places.regions((instrument.by,))):
            continue
        if form == "floor":
            free = 1.0 if instrument.kind == "cost" else 0.0
            set_to(shelf.builder, instrument, limit, "down", kept)
            set_to(shelf.builder, instrument, free, "down", broken)
        else:
            set_to(shelf.builder, instrument, limit, "up", kept)
            raised(shelf.builder, instrument, broken, above=limit)
    kept.reasons.clear()  # at its limit already: nothing is to be done to comply
    if not broken.changes and not broken.reasons:
        broken.reasons.append("none of the instruments it holds is its own")
    return kept, broken
