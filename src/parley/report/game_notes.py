"""What a reader of a game should know: bounds that decide, held deficits, proxies, scale."""

from __future__ import annotations

import numpy as np

from parley.report.figures import money_for
from parley.report.game_records import AT_BOUND, Game
from parley.report.game_weights import PROXY, inferred_rows, inferred_warnings

__all__ = ["notes"]

# Rates of an importer on a sector that differ by less, a fraction, are one.
SAME_RATE = 5e-4


def notes(game: Game, kind: str, *, distinct: int) -> list[str]:
    """Return notes on a game's result, one text each.

    Parameters
    ----------
    game
        The game.
    kind
        "optimum", "nash" or "cooperate".
    distinct
        Number of distinct solutions found.
    """
    found = []
    what = "what market power alone would gain"
    if game.rules.weights != "none":
        what = "what a government with these political weights would set alone"
    passive = len(game.arena.seen.regions) - sum(len(p.objective.regions) for p in game.players)
    if kind == "optimum":
        found.append(
            f"optimal tariffs, all others passive: {what}. They are far above the tariffs "
            "governments charge under agreements, and no forecast"
        )
    elif kind == "nash":
        found.append(
            "Nash tariffs: no player would move alone. They are the threat point without "
            "agreements, and no forecast"
        )
    else:
        found.append(
            "cooperation: the largest gain in per cent that all players have in common, without "
            "side payments"
        )
    if kind != "optimum" and passive:
        found.append(_bystanders(game, kind, passive))
    found += _bounds(game)
    if distinct > 1:
        found.append(
            f"{distinct} different solutions were found; the one shown is "
            + (
                "the best for the player"
                if kind == "optimum"
                else "that reached from the tariffs in force, where it is certified"
            )
        )
    if game.rules.weights == "inferred":
        found.append(PROXY)
        found += inferred_warnings(inferred_rows(game))
    elif game.rules.weights != "none":
        found.append("gains are of political welfare; real income stands beside them")
    if _discriminates(game):
        found.append(
            "tariffs differ by source, which the most-favoured-nation rule forbids outside "
            "agreements (GATT Article I); --mfn sets one rate for all sources"
        )
    return found


def _bystanders(game: Game, kind: str, passive: int) -> str:
    """Say what regions that do not play pay or get."""
    text = f"the tariffs of the {passive} other regions stay as they are"
    world = game.arena.seen
    gain = game.figures.comparison.equivalent_variation * world.usd_bn
    playing = [r for p in game.players for r in p.objective.regions]
    ours = float(gain[playing].sum())
    theirs = float(gain.sum() - ours)
    incomes = [r.income_usd_bn for r in game.figures.regions]
    money = money_for(incomes, world.currency)
    text += (
        f": the players' EVs add to {ours * money.scale:+.2f} {money.unit}, theirs to "
        f"{theirs * money.scale:+.2f}"
    )
    if kind == "nash" and game.rules.against == "all" and ours > 0 > theirs:
        text += (
            ". The players tax them too and they do not answer: that, not the war, is what the "
            "players gain from; --against players keeps to the players' own trade"
        )
    return text


def _discriminates(game: Game) -> bool:
    """Return whether any importer's rates on a sector differ by source."""
    for player in game.players:
        tools = player.instruments
        rate, size = game.point.tariff[tools.cells], int(tools.block.max()) + 1
        lowest, highest = np.full(size, np.inf), np.full(size, -np.inf)
        np.minimum.at(lowest, tools.block, rate)
        np.maximum.at(highest, tools.block, rate)
        if float((highest - lowest).max()) > SAME_RATE:
            return True
    return False


def _bounds(game: Game) -> list[str]:
    """Say where the upper bound, and not market power, sets the tariffs."""
    held = game.arena.setting.closure != "zero"
    deficit = game.equilibria[0].deficit
    found = []
    for player in game.players:
        tools = player.instruments
        rate = game.point.tariff[tools.cells]
        high = int((rate >= tools.upper[tools.group] - AT_BOUND).sum())
        if not high:
            continue
        text = (
            f"{high} of {len(rate)} tariffs of {player.name} stand at the upper bound of "
            f"{100 * game.rules.bounds[1]:g} %: the bound sets them, not the model"
        )
        if held and sum(deficit[r] for r in player.objective.regions) > 0:
            text += (
                f". It runs a trade deficit, which closure {game.arena.setting.closure} keeps "
                "whatever its tariffs, so that it may gain from closing its border; --closure zero "
                "plays the game with balanced trade"
            )
        found.append(text)
    return found
