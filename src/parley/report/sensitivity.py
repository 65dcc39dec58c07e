"""The sensitivity of a brief as text: every package under every setting, and sign flips."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.figures import WIDTH, Money, hanging, pct
from parley.report.limits import lacks_inputs

__all__ = ["NO_FLIPS", "flip_lines", "parties_of", "sensitivity_head", "sensitivity_table"]

Document = Mapping[str, Any]
Settings = Mapping[str, Sequence[tuple[str, str]]]
NO_FLIPS = "  no sign flips among the parties' results"


def parties_of(document: Document, package: Mapping[str, Any]) -> list[str]:
    """Return the regions of a package's parties: those of its talks, else all at the table."""
    at_table = {p["id"]: p["regions"] for p in document["parties"] if not p["third_party"]}
    talks = {t["id"]: t["parties"] for t in document["talks"]}
    names = talks.get(package["talks"]) or package["consent"] or list(at_table)
    regions = {p["id"]: p["regions"] for p in document["parties"]}
    return [r for name in names for r in regions.get(name, [])]


def sensitivity_head(money: Money) -> str:
    """Return the heading of the table."""
    return (
        f"Sensitivity: EV in {money.unit} by model, deficit closure and elasticity source "
        "(* = main setting)"
    )


def sensitivity_table(document: Document, money: Money) -> list[str]:
    """Return a line per setting; packages side by side as far as the width goes."""
    model = document["model"]
    main = (model["family"], model["closure"], model["elasticity"]["name"])
    settings = _settings(document)
    labels: list[str] = []
    for family, rows in settings.items():
        labels.append(f"  {family}")
        labels += [f"    {c} x {e}{' *' if (family, c, e) == main else ''}" for c, e in rows]
    left = max(len(label) for label in labels) + 1
    blocks = [_block(document, package, settings, money) for package in document["packages"]]
    lines: list[str] = []
    while blocks:
        fit = [blocks.pop(0)]
        while blocks and left + sum(len(b[0]) + 2 for b in [*fit, blocks[0]]) <= WIDTH:
            fit.append(blocks.pop(0))
        for k, label in enumerate(["", "", *labels]):
            lines.append((f"{label:<{left}}" + "".join("  " + b[k] for b in fit)).rstrip())
    bare = [family for family in settings if lacks_inputs(family)]
    if 0 < len(bare) < len(settings):
        said = "no inputs, so income is gross output: compare signs and per cent, not amounts"
        lines += hanging(f"{', '.join(bare)}:", [said], indent=4 + len(", ".join(bare)))
    return lines


def _settings(document: Document) -> Settings:
    """Return (closure, elasticity) pairs by family, those of any package."""
    found: dict[str, dict[tuple[str, str], None]] = {}
    for package in document["packages"]:
        for row in package["sensitivity"]:
            found.setdefault(row["family"], {})[row["closure"], row["elasticity"]] = None
    return {family: list(pairs) for family, pairs in found.items()}


def _block(
    document: Document, package: Mapping[str, Any], settings: Settings, money: Money
) -> list[str]:
    """Return a package's column of the sensitivity table, all lines of one width.

    The line that names a family stands empty; "-" where no equilibrium was proven.
    """
    parties = parties_of(document, package)
    rows = {(r["family"], r["closure"], r["elasticity"]): r for r in package["sensitivity"]}
    cells: list[list[str]] = []
    for family, pairs in settings.items():
        cells.append([""] * len(parties))
        for pair in pairs:
            regions = rows[family, *pair]["regions"] if (family, *pair) in rows else {}
            cells.append(
                [money.change(regions[r]["ev_usd_bn"]) if regions else "-" for r in parties]
            )
    width = 1 + max(len(text) for line in [parties, *cells] for text in line)
    body = ["".join(f"{text:>{width}}" for text in line) for line in [parties, *cells]]
    span = max(len(body[0]), len(package["id"]))
    return [f"{package['id']:>{span}}", *(f"{line:>{span}}" for line in body)]


def flip_lines(document: Document) -> list[str]:
    """Return the parties whose gain changes sign between settings, both extremes named."""
    found: list[str] = []
    for package in document["packages"]:
        parties = parties_of(document, package)
        for flip in package["sign_flips"]:
            if flip["region"] not in parties:
                continue
            said = (
                f"{package['id']}, {flip['region']}: "
                f"{pct(flip['lowest_pct'])} at {_setting(flip['lowest_at'])}, "
                f"{pct(flip['highest_pct'])} at {_setting(flip['highest_at'])}"
            )
            found += hanging("sign flips:", [said], indent=14)
    return found


def _setting(setting: Mapping[str, str]) -> str:
    return f"{setting['closure']} x {setting['elasticity']} (model {setting['family']})"
