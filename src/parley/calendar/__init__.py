"""When: talks as a finite game over dated rounds and deadlines, solved exactly.

``game`` says what a game is, ``worth`` what its ends are worth to whom and when,
``offers`` how a round is resolved, ``induction`` solves it backwards, ``play`` averages over
who proposes first, and ``attrition`` holds the war of attrition.
"""

from parley.calendar.game import Deadline, End, Exit, Game, Round
from parley.calendar.induction import Node, Solved, solve_game
from parley.calendar.play import Order, Play, play

__all__ = [
    "Deadline",
    "End",
    "Exit",
    "Game",
    "Node",
    "Order",
    "Play",
    "Round",
    "Solved",
    "play",
    "solve_game",
]
