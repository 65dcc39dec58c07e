"""Reference classes: how much a stance says, and how far each sort of source is trusted.

A reference class is a sort of case that has come up often enough to form a habit of
judgement: leaks before a summit, threats before a deadline. It gives

    LR(stance)       P(claim | outcome) / P(claim | no deal), for a source that is sure,
    w(sort)          weight of a source of that sort, below one,
    game share       how far the prior of the calendar game is trusted, against an even
                     spread over the outcomes.

The values are judgement, not estimates: no data set of claims about trade talks stands behind
them. They are set once per class and never per scenario, so that no story is argued by its own
numbers; a scenario that overrides one says so in its file. A no-comment has a likelihood ratio
of exactly one in every class: it never decides.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = [
    "GENERAL",
    "NO_COMMENT",
    "REFERENCE_CLASSES",
    "SORTS",
    "STANCES",
    "ReferenceClass",
    "check_ratios",
    "reference_class",
]

NO_COMMENT = "no-comment"
STANCES = ("supports", "denies", "demands", "asserts", NO_COMMENT)
"""What a speaker does, in the words of the scenario language."""

SORTS = ("on-record", "named", "anonymous", "second-hand")
"""Sorts of source: may be quoted; named, but not known to be on record; not named; repeated by
another source than the one that heard it."""

GENERAL = "general"
"""Id of the class that stands in where none, or an unknown one, is named."""


@dataclass(frozen=True)
class ReferenceClass:
    """Defaults of one sort of case.

    Attributes
    ----------
    id, label
        Name, and name to print.
    likelihood_ratios
        Stance -> likelihood ratio for what the claim is about; above one for supports,
        asserts and demands, below one for denies, one for no-comment.
    reliability
        Sort of source -> weight between 0 and 1 of a claim from it, below one.
    game_share
        Weight of the calendar game's prior, between 0 and 1; the rest is spread evenly.
    note
        Why these values.
    """

    id: str
    label: str
    likelihood_ratios: Mapping[str, float]
    reliability: Mapping[str, float]
    game_share: float
    note: str

    def __post_init__(self) -> None:
        check_ratios(self.likelihood_ratios)
        if set(self.reliability) != set(SORTS):
            raise ValueError(f"{self.id}: a reliability is needed for each of {', '.join(SORTS)}")
        if not all(0.0 <= w < 1.0 for w in self.reliability.values()):
            raise ValueError(f"{self.id}: reliabilities lie between 0 and 1, 1 left out")
        if not 0.0 <= self.game_share <= 1.0:
            raise ValueError(f"{self.id}: the game share lies between 0 and 1")


def check_ratios(likelihood_ratios: Mapping[str, float]) -> None:
    """Raise ValueError unless every stance has a ratio that fits it.

    supports, asserts and demands: one or above; denies: above zero, at most one;
    no-comment: exactly one. All are finite.
    """
    if set(likelihood_ratios) != set(STANCES):
        raise ValueError(f"a likelihood ratio is needed for each of {', '.join(STANCES)}")
    for stance, ratio in likelihood_ratios.items():
        if stance == NO_COMMENT:
            fits = ratio == 1.0
        elif stance == "denies":
            fits = 0.0 < ratio <= 1.0
        else:
            fits = 1.0 <= ratio < float("inf")
        if not fits:
            raise ValueError(f"a likelihood ratio of {ratio:g} does not fit '{stance}'")


def _class(
    name: str,
    ratios: tuple[float, float, float, float],
    weights: tuple[float, float, float, float],
    game_share: float,
    note: str,
) -> ReferenceClass:
    supports, denies, asserts, demands = ratios
    return ReferenceClass(
        id=name,
        label=name[0].upper() + name[1:],
        likelihood_ratios={
            "supports": supports,
            "denies": denies,
            "demands": demands,
            "asserts": asserts,
            NO_COMMENT: 1.0,
        },
        reliability=dict(zip(SORTS, weights, strict=True)),
        game_share=game_share,
        note=note,
    )


# Ratios in the order supports, denies, asserts, demands; weights in the order of SORTS.
REFERENCE_CLASSES: Mapping[str, ReferenceClass] = {
    c.id: c
    for c in (
        _class(
            GENERAL,
            (2.0, 0.5, 1.5, 1.15),
            (0.80, 0.65, 0.50, 0.30),
            0.75,
            "a speaker who says that a thing will come is twice as likely to say so where it "
            "does; a denial weighs the same the other way; a demand says what is wanted, "
            "hardly what will be",
        ),
        _class(
            "leaks before a summit",
            (1.8, 0.6, 1.4, 1.1),
            (0.80, 0.65, 0.45, 0.25),
            0.75,
            "leaks are often meant to try an idea or to press the other side, and deals are "
            "denied until they are signed: both stances say less, unnamed sources count less",
        ),
        _class(
            "public statements",
            (1.6, 0.65, 1.3, 1.15),
            (0.75, 0.60, 0.50, 0.30),
            0.75,
            "what is said in public is said to be heard: hope costs the speaker little",
        ),
        _class(
            "threats before a deadline",
            (1.6, 0.6, 1.25, 1.1),
            (0.75, 0.60, 0.45, 0.25),
            0.80,
            "threats are made more often than carried out, and deadlines are put off: to say "
            "it once more adds little to what the incentives say",
        ),
        _class(
            "talks after a truce",
            (1.6, 0.55, 1.3, 1.1),
            (0.75, 0.60, 0.45, 0.25),
            0.70,
            "each side tells its own version of what was agreed, and a denial is heard for a "
            "reason; incentives shift quickly, so the game counts for less",
        ),
    )
}
"""The classes by id. Values are judgement, set here once."""


def reference_class(name: str | None) -> tuple[ReferenceClass, bool]:
    """Return the class of this name and True, or the general one and False.

    Capitals and blanks around the name do not matter. The False is for the caller to print:
    an unknown or absent class is never passed over in silence.
    """
    key = " ".join((name or "").split()).casefold()
    found = REFERENCE_CLASSES.get(key)
    return (REFERENCE_CLASSES[GENERAL], False) if found is None else (found, True)
