"""Who must agree, who is there, from when a breakdown holds, and who puts a deadline off."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from parley.calendar import Deadline, Exit, Game, Round, play, solve_game
from parley.calendar.worth import value_of


def game(flows: list[list[float]], packages: int, days: tuple[float, ...], **more: object) -> Game:
    table = np.array(flows, dtype=float)
    n = table.shape[1]
    return Game(
        parties=tuple("ABC"[:n]),
        states=tuple(f"s{k}" for k in range(len(table))),
        packages=packages,
        flows=lambda day: table,
        inside=packages,
        delta=np.full(n, 0.9),
        rounds=tuple(Round(f"r{j}", d, (True,) * packages) for j, d in enumerate(days)),
        **more,  # type: ignore[arg-type]
    )


PAIR = [[1.0, 1.0, -5.0], [0.0, 0.0, 0.0]]


def test_a_package_needs_only_those_whose_consent_it_needs() -> None:
    everybody = solve_game(game(PAIR, 1, (0.5,)).with_first(0))
    assert everybody.ends[0][1].kind == "no-deal"
    pair = solve_game(replace(game(PAIR, 1, (0.5,)), consent=((0, 1),)).with_first(0))
    assert pair.ends[0][1].kind == "deal"
    assert pair.nodes[0].agreed is not None
    assert pair.nodes[0].agreed.against == ()


def test_who_need_not_agree_still_does_not_propose_what_harms_it() -> None:
    found = solve_game(replace(game(PAIR, 1, (0.5,)), consent=((0, 1),)).with_first(2))
    assert found.ends[0][1].kind == "no-deal"


def test_payments_go_between_those_who_must_agree() -> None:
    flows = [[2.0, -1.0, -5.0], [0.0, 0.0, 0.0]]
    made = replace(game(flows, 1, (0.0,)), consent=((0, 1),), transfer_cap=3.0)
    ((_, end),) = solve_game(made.with_first(0)).ends
    np.testing.assert_allclose(end.transfer, (-1.0, 1.0, 0.0), atol=1e-12)


def test_the_turn_passes_over_who_is_absent() -> None:
    base = game(PAIR, 1, (0.0, 1.0, 2.0))
    first, second, third = base.rounds
    absent = replace(base, rounds=(replace(first, present=(1, 2)), second, third))
    assert [r.proposer for r in absent.with_first(0).rounds] == [1, 2, 0]
    assert len(play(absent).orders) == 3


@pytest.mark.parametrize("begins", [0.0, 2.0])
def test_a_breakdown_holds_from_its_first_day(begins: float) -> None:
    flows = [[0.0, 0.0], [-1.0, -2.0]]
    held = replace(game(flows, 0, ()), deadlines=(Deadline("d", 1.0, 1),), earliest=(0.0, begins))
    ((_, end),) = solve_game(held).ends
    assert (end.decided, end.in_force) == (1.0, max(1.0, begins))


def test_leaving_brings_it_no_sooner() -> None:
    flows = [[0.0, 0.0], [1.0, -2.0]]
    day = Round("leave", 0.0, (), exit_only=True)
    out = replace(
        game(flows, 0, ()), rounds=(day,), exits=(Exit(0, 1),), earliest=(0.0, 3.0)
    ).with_first(0)
    ((_, end),) = solve_game(out).ends
    assert (end.kind, end.in_force) == ("exit", 3.0)


def test_breakdown_at_a_rate_before_the_first_day_counts_from_it() -> None:
    h, e, delta = 0.7, 1.5, 0.9
    flows = [[0.0, 0.0], [-1.0, -2.0]]
    made = replace(game(flows, 0, ()), hazard=h, hazard_state=1, earliest=(0.0, e))
    solved = solve_game(made)
    assert sum(p for p, _ in solved.ends) == pytest.approx(1.0)
    r = -np.log(delta)
    before = (1.0 - np.exp(-h * e)) * delta**e
    after = np.exp(-h * e) * delta**e * h / (r + h)
    np.testing.assert_allclose(solved.worth, np.array([-1.0, -2.0]) * (before + after), rtol=1e-12)
    # By its own sum over days.
    days = (np.arange(400_000) + 0.5) * 1e-4
    density = h * np.exp(-h * days) * 1e-4
    summed = float((density * delta ** np.maximum(days, e)).sum())
    assert before + after == pytest.approx(summed, rel=1e-6)


def test_all_must_agree_to_put_off_what_one_would_carry_out() -> None:
    # A gains by carrying it out; B would rather wait; both gain where it is put off and signed.
    flows = [[3.0, 1.0], [0.0, 0.0], [1.0, -4.0]]
    own = Deadline("d", 1.0, 2, owner=0, extends=1.0, extensions=1, together=True)
    late = Round("late", 1.5, (True,))
    made = replace(game(flows, 1, ()), rounds=(late,), deadlines=(own,)).with_first(0)
    assert next(n.move for n in solve_game(made).nodes if n.kind == "deadline") == "put off"
    # Where signing is no more open, A does not put it off though B would.
    shut = replace(made, rounds=(replace(late, open=(False,), proposer=0),))
    assert next(n.move for n in solve_game(shut).nodes if n.kind == "deadline") == "carry out"


def test_an_owner_that_may_lets_lapse_what_would_cost_it() -> None:
    flows = [[0.0, 0.0], [0.0, 0.0], [-1.0, -4.0]]
    own = Deadline("d", 1.0, 2, owner=0, may_lapse=True, cost=0.25, together=True)
    late = Round("late", 1.5, (False,))
    made = replace(game(flows, 1, ()), rounds=(late,), deadlines=(own,)).with_first(0)
    solved = solve_game(made)
    assert [(n.id, n.move, n.lapsed) for n in solved.nodes] == [
        ("d", "let lapse", 0),
        ("late", "", 1),
    ]
    assert value_of(made, solved.ends[0][1], 0.0)[0] == pytest.approx(-0.25 * 0.9)
