"""Packages with purchases and payments wherever they turn up: breaches, breakdowns, checks."""

from __future__ import annotations

import numpy as np
import pytest

from parley.commitments import assess_commitments
from parley.errors import InputError
from parley.timing.game import calendar_of
from tests.oracle.test_packages_in_time import buys, pack, told
from tests.unit.test_in_time import HEAD, PAYS
from tests.unit.toy_calendar import study

LEVY = """
[[threat]]
id = "levy"
by = "HOM"
on = "FOR"
sectors = "CARS"
rate = 0.1
"""
TRUCE = """
[[commitment]]
id = "calm"
by = "HOM"
to = "FOR"
kind = "truce"
threats = ["levy"]
"""
HIT = """
[[package]]
id = "hit"
kind = "threat"
talks = "main"
{}
changes = [{{ threat = "levy" }}]
"""
ONE = "{ by = 'FOR', to = 'HOM', usd_bn = 0.09 }"
PART = pack('{ by = "FOR", from = "HOM", sectors = "FOOD", to = 0.1 }', fields="")


def worth(text: str) -> dict[str, tuple[float, float | None]]:
    """Return what keeping the truce is worth to each side: unanswered, and answered."""
    found = assess_commitments(told(text))
    (calm,) = (c for c in found.commitments if c.commitment.id == "calm")
    (case,) = calm.cases
    return {
        w.party: (w.unanswered.ev_usd_bn, None if w.answered is None else w.answered.ev_usd_bn)
        for w in case.sides
    }


@pytest.mark.parametrize("fields", ['purchases = ["food"]', PAYS.strip()])
def test_a_breach_is_worth_the_same_whatever_other_packages_hold(fields: str) -> None:
    plain = worth(LEVY + TRUCE + buys() + PART + HIT.format(""))
    assert worth(LEVY + TRUCE + buys() + PART + HIT.format(fields)) == plain


def test_an_answer_brings_the_payments_of_its_package() -> None:
    answers = TRUCE + 'on_breach = { package = "pun" }\n'
    punish = '\n[[package]]\nid = "pun"\nkind = "threat"\ntalks = "main"\n{}\nchanges = []\n'
    pays = 'side_payment = [{ by = "HOM", to = "FOR", usd_bn = 0.05 }]'
    plain = worth(LEVY + answers + PART + punish.format(""))
    paid = worth(LEVY + answers + PART + punish.format(pays))
    assert paid["HOM"][0] == plain["HOM"][0]
    # Once it has to pay for its breach, Home gains by keeping its word about what it would pay.
    gains = {p: (paid[p][1] or 0.0) - (plain[p][1] or 0.0) for p in paid}
    assert gains["HOM"] == pytest.approx(0.05, rel=0.5)
    assert gains["FOR"] == pytest.approx(-0.05, rel=0.5)


def test_what_holds_while_they_talk_may_follow_them_in_stages() -> None:
    failed = pack("", name="x", fields='purchases = ["food"]\nkind = "other"')
    text = buys("usd_bn_per_year = 0.03, years = 2") + PART + failed
    apart = calendar_of(told(text, "x")).stakes
    joint = calendar_of(told(text, 'x"\nwhile_talking = "x')).stakes
    worths = [s.values(None)[s.states.falls] for s in (apart, joint)]
    np.testing.assert_allclose(worths[0], worths[1], rtol=1e-12)
    inside = joint.values(None)[joint.states.inside]
    assert abs(inside[1]) > abs(worths[0][1])


@pytest.mark.parametrize(
    ("text", "where", "says"),
    [
        (
            buys()
            + buys('usd_bn_per_year = 0.02, financing = "preference-shift"', name="more")
            + pack(fields='purchases = ["food", "more"]'),
            "package[p].purchases",
            "the same goods",
        ),
        (pack(fields='consent = ["HOM", "RST"]'), "package[p].consent[1]", "not at the table"),
        (
            pack(
                fields="side_payment = [" + "{ by = 'FOR', to = 'HOM', usd_bn = 0.09 }, " * 6 + "]"
            ),
            "package[p].side_payment",
            "FOR pays US$0.54bn",
        ),
        (
            buys() + pack('{ commitment = "food", broken = true }'),
            "package[p].purchases[0]",
            "broken by it",
        ),
    ],
)
def test_what_contradicts_itself_is_refused(text: str, where: str, says: str) -> None:
    party = HEAD.replace("[[talks]]", '[[party]]\nid = "RST"\n\n[[talks]]')
    with pytest.raises(InputError) as caught:
        study(party + text)
    (problem,) = caught.value.problems
    assert where in problem.where
    assert says in f"{problem.what} {problem.why}"
