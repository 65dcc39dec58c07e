"""The one-page brief as text, made from its JSON document and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parley.report.brief_when import odds_row, when_lines
from parley.report.deal_text import ground_lines
from parley.report.figures import Money, duty, hanging, money_of, pct, points
from parley.report.limits import own_effects
from parley.report.sensitivity import (
    NO_FLIPS,
    flip_lines,
    parties_of,
    sensitivity_head,
    sensitivity_table,
)

__all__ = ["brief_lines"]

Document = Mapping[str, Any]
Line = tuple[str, str]
TITLE, HEAD, PLAIN, WARN = "bold", "bold", "", "yellow"
SHOWN_AS = {
    "activity": "activity, not wages",
    "activity and profits": "activity and profits, not wages",
    "incomes": "incomes of those employed there",
}
SHOWN_SECTORS = 2
SHOWN_THIRD = 2


def brief_lines(document: Document) -> list[Line]:
    """Return the brief as (style, text) lines; styles are Rich's, "" for none."""
    money = money_of(document)
    lines: list[Line] = [
        (TITLE, f"{document['title']}    (as of {document['as_of']})"),
        *_plain(_context(document)),
        (PLAIN, ""),
        (HEAD, "What each package is worth, against the status quo (real income, exact)"),
        *_plain(_summary(document, money)),
    ]
    for package in document["packages"]:
        lines += [(PLAIN, ""), (HEAD, f"{package['label']}  [{package['id']}]")]
        lines += _plain(_package(document, package, money))
    ground = document["common_ground"]
    if ground is not None:
        what = f"Common ground  [{ground['talks']}]    ({ground['objective']})"
        lines += [(PLAIN, ""), (HEAD, what), *ground_lines({**document, **ground})]
    lines += when_lines(document, money)
    if document["balances"]:
        lines += [(PLAIN, ""), (HEAD, "Balance facts: claimed, found, basis")]
        for check in document["balances"]:
            lines += _plain(_balance(check, money))
    lines += [
        (PLAIN, ""),
        (HEAD, sensitivity_head(money)),
        *_plain(sensitivity_table(document, money)),
    ]
    flips = flip_lines(document)
    lines += [(WARN, line) for line in flips] or _plain([NO_FLIPS])
    lines += [(PLAIN, ""), (HEAD, "What the model leaves out")]
    lines += _plain(hanging("", document["left_out"], indent=2))
    if document["notes"]:
        notes = [f"{n['text']} ({n['where']})" for n in document["notes"]]
        lines += _plain(hanging("notes", notes, indent=9))
    return lines


def _plain(lines: Sequence[str]) -> list[Line]:
    return [(PLAIN, line) for line in lines]


def _context(document: Document) -> list[str]:
    lines = hanging("parties", [_party(p) for p in document["parties"]], indent=14)
    for t in document["talks"]:
        said = f"{', '.join(t['parties'])}: {t['state']}"
        if t["since"]:
            said += f" since {t['since']}"
        if t["deadline"]:
            said += f", deadline {t['deadline']}"
        table = [p["id"] for p in document["packages"] if p["talks"] == t["id"]]
        deals = [p["id"] for p in document["packages"] if p["id"] in table and p["kind"] == "deal"]
        if deals:
            said += f"; on the table: {', '.join(deals)}"
        lines += hanging("talks", [said, f"if they fail: {t['breakdown']}"], indent=14)
    if document["forecast"] is not None:
        lines += hanging("odds", odds_row(document), indent=14)
    quo = document["status_quo"]
    moved = ", ".join(
        f"{r} {pct(quo['regions'][r]['real_income_pct'])}"
        for p in document["parties"]
        for r in p["regions"]
    )
    measures = ", ".join(m["id"] for m in quo["measures"]) or "none"
    lines += hanging(
        "status quo",
        [
            f"world {quo['against']} plus measures in force: {measures}",
            f"together they moved real income of {moved}" if quo["measures"] else "",
        ],
        indent=14,
    )
    m = document["model"]
    worst = max(document["residuals"].values())
    lines += hanging(
        "model",
        [
            f"{m['family']}; trade deficits: {m['closure']}; numeraire: {m['numeraire']}",
            f"elasticities: {m['elasticity']['name']} ({m['elasticity']['source']})",
            f"every residual of {document['solutions']} solutions below {_bound(worst)}",
        ],
        indent=14,
    )
    return lines


def _bound(value: float) -> str:
    """Return the next power of ten above a residual ("1e-10")."""
    exponent = -16
    while 10.0**exponent < value:
        exponent += 1
    return f"1e{exponent}"


def _party(party: Mapping[str, Any]) -> str:
    about = [party["leader"] or ""]
    if party["next_election"]:
        about.append(f"next election {party['next_election']}")
    said = ", ".join(a for a in about if a)
    return f"{party['label'] or party['id']} ({said})" if said else party["label"] or party["id"]


def _summary(document: Document, money: Money) -> list[str]:
    """Return one line per package: parties, third parties, the world."""
    indent = 4 + max(len(p["id"]) for p in document["packages"])
    head = (
        f"parties: % ({money.unit} a year), ± where settings disagree on the sign | world | others"
    )
    lines = hanging("", [head], indent=indent)
    for package in document["packages"]:
        parties = parties_of(document, package)
        regions = package["regions"]
        flips = {flip["region"] for flip in package["sign_flips"]}
        cells = [
            f"{r} {_both(regions[r], money, unit=False)}{' ±' if r in flips else ''}"
            for r in parties
        ]
        own = "".join(f"{cell:<22}" for cell in cells)
        others = ", ".join(
            f"{r} {money.change(regions[r]['ev_usd_bn'])}" for r in third_parties(document, package)
        )
        world = money.change(package["world"]["ev_usd_bn"])
        sums = _sums(document, package, money, regions)
        lines += hanging(package["id"], [f"{own}{sums}| {world} | {others}"], indent=indent)
        lasting = package["lasting"]
        if lasting is not None:
            cells = [f"{r} {_both(lasting['regions'][r], money, unit=False)}" for r in parties]
            own = "".join(f"{cell:<22}" for cell in cells)
            own += _sums(document, package, money, lasting["regions"])
            world = money.change(lasting["world_ev_usd_bn"])
            when = f"for good, after {lasting['since_years']:g} years"
            if not lasting["occurs_in_full"]:
                when += "; in no year is all of the line above in force"
            said = [f"{own}| {world} | {when}"]
            lines += hanging("", said, indent=indent)
    unmet = [
        f"{p['id']} ({m['commitment']})"
        for p in document["packages"]
        for m in p["purchases"]
        if m["status"] == "out of reach"
    ]
    if unmet:
        lines += hanging("", [f"purchases that cannot be met: {', '.join(unmet)}"], indent=indent)
    return lines


def _sums(
    document: Document, package: Mapping[str, Any], money: Money, figures: Mapping[str, Any]
) -> str:
    """Return the sum over the regions of each party that has several."""
    shown = set(parties_of(document, package))
    said = ""
    for party in document["parties"]:
        inside = [r for r in party["regions"] if r in shown]
        if len(inside) > 1:
            total = sum(figures[r]["ev_usd_bn"] for r in inside)
            said += f"{party['id']} in all {money.change(total)}  "
    return said


def _both(region: Mapping[str, Any], money: Money, *, unit: bool = True) -> str:
    """Return real income in per cent with the amount in brackets."""
    share = pct(region["real_income_pct"], unit=unit)
    return f"{share} ({money.change(region['ev_usd_bn'])})"


def _rough(region: Mapping[str, Any]) -> bool:
    """Return whether the first-order indices miss by more than they say."""
    miss, said = region["first_order_residual_pct"], region["first_order_total_pct"]
    return bool(abs(miss) > abs(said))


def third_parties(
    document: Document, package: Mapping[str, Any], count: int = SHOWN_THIRD
) -> list[str]:
    """Return the regions outside the package's parties with the largest EV in size."""
    parties = parties_of(document, package)
    rest = [r for r in package["regions"] if r not in parties]
    return sorted(rest, key=lambda r: -abs(package["regions"][r]["ev_usd_bn"]))[:count]


def _package(document: Document, package: Mapping[str, Any], money: Money) -> list[str]:
    parties = parties_of(document, package)
    regions = package["regions"]
    fall = package["against_breakdown"]
    said = "this is what follows if the talks fail"
    if fall["breakdown"] != package["id"]:
        said = "  ".join(f"{r} {_both(fall['regions'][r], money)}" for r in parties)
        said += f"   ({fall['breakdown']} if the talks fail)"
    lines = hanging("vs breakdown", [said])
    rough = [r for r in parties if _rough(regions[r])]
    lines += hanging(
        "first order",
        [
            "  ".join(
                f"{r} terms of trade {pct(regions[r]['terms_of_trade_pct'], unit=False)}, volume "
                f"{pct(regions[r]['volume_of_trade_pct'], unit=False)}, "
                f"{_own_effects(document, regions[r])}residual "
                f"{pct(regions[r]['first_order_residual_pct'], unit=False)}"
                for r in parties
            )
            + "  (% of income)",
            f"off by more than they say for {', '.join(rough)}" if rough else "",
        ],
    )
    lines += hanging("money", _accounts(document, package, parties, money))
    for region in parties:
        lines += hanging(f"sectors {region}", [_sectors(regions[region], money)])
    if package["constituencies"]:
        said = "; ".join(_constituency(c) for c in package["constituencies"])
        said += f"  ({SHOWN_AS[document['constituencies_show']]})"
        lines += hanging("constituencies", [said])
    for row in package["terms"]:
        lines += hanging("gives" if row["eases"] else "imposes", [_terms(row, money)])
    lines += hanging("law", _law(package))
    for note in package["notes"]:
        lines += hanging("note", [note["text"]])
    return lines


def _own_effects(document: Document, region: Mapping[str, Any]) -> str:
    """Return the first-order effects that only some families have, each with a comma."""
    return "".join(
        f"{name} {pct(region[field], unit=False)}, "
        for name, field in own_effects(document["model"]["family"]).items()
    )


def _accounts(
    document: Document, package: Mapping[str, Any], parties: Sequence[str], money: Money
) -> list[str]:
    regions = package["regions"]
    revenue = "  ".join(
        f"{r} {money.change(regions[r]['government_revenue_change_usd_bn'])}" for r in parties
    )
    said = [f"trade-tax revenue, {money.unit}: {revenue}"]
    sides = [
        (p["id"], [r for r in p["regions"] if r in parties])
        for p in document["parties"]
        if any(r in parties for r in p["regions"])
    ]
    if len(sides) > 1:
        (one, here), (other, there) = sides[:2]
        pairs = [b for b in package["bilateral"] if b["region"] in here and b["partner"] in there]
        if len(pairs) == len(here) * len(there):
            after = sum(b["goods_balance_usd_bn"] for b in pairs)
            change = sum(b["goods_balance_change_usd_bn"] for b in pairs)
            said.append(
                f"goods balance of {one} with {other}: {money.change(after - change)} to "
                f"{money.change(after)} ({money.level(change, '+', 3)}) {money.unit}"
            )
    return said


def _sectors(region: Mapping[str, Any], money: Money) -> str:
    """Return the sectors that gain and lose most: value added at the status quo's prices."""
    ranked = sorted(region["sectors"], key=lambda s: s["volume_change_usd_bn"])
    up = [s for s in ranked[::-1] if s["volume_change_usd_bn"] > 0][:SHOWN_SECTORS]
    down = [s for s in ranked if s["volume_change_usd_bn"] < 0][:SHOWN_SECTORS]

    def name(s: Mapping[str, Any]) -> str:
        return (
            f"{s['sector']} {money.change(s['volume_change_usd_bn'])} "
            f"(output {pct(s['real_output_pct'])})"
        )

    return (
        f"gain {', '.join(map(name, up)) or 'none'}; lose {', '.join(map(name, down)) or 'none'}"
        f"  (value added at constant prices, {money.unit})"
    )


def _constituency(c: Mapping[str, Any]) -> str:
    said = f"{c['label']} ({c['party']}) {pct(c['real_income_pct'])}"
    if c["vetoes"] is not None:
        said += ", would veto" if c["vetoes"] else ", no veto"
    return said


def _terms(row: Mapping[str, Any], money: Money) -> str:
    """Return one row of terms: a duty, an export tax or a trade cost, from what to what."""
    trade = f"{money.level(row['trade_covered_usd_bn'])} {money.unit}"
    where = f"{', '.join(row['sectors'][:4])}{', ...' if len(row['sectors']) > 4 else ''}"
    on = f"on {trade} of trade ({where})"
    ends = f"{row['giver']} to {row['receiver']}"
    if row["kind"] == "cost":
        moved = f"{_factor(row['cost_before'])} to {_factor(row['cost_after'])}"
        return f"{ends}: trade cost factor {moved} {on}"
    moved = f"{duty(row['duty_before'])} to {duty(row['duty_after'])}"
    noun = "tax" if row["kind"] == "export-tax" else "duty"
    saved = row["duty_saved_usd_bn"]
    word = f"{noun} saved" if saved >= 0 else f"new {noun}"
    said = (
        f"{ends}: {'export tax ' if noun == 'tax' else ''}{moved} {on}; "
        f"{word} {money.level(abs(saved), digits=2)} {money.unit} at unchanged trade"
    )
    if row["margin_before"] is not None:
        said += (
            f"; margin over rivals {points(row['margin_before'])} to "
            f"{points(row['margin_after'])} points"
        )
    return said


def _factor(value: float | None) -> str:
    """Return a cost factor with two decimals, or three where the third says something."""
    return "unknown" if value is None else f"{value:.3f}".removesuffix("0")


def _law(package: Mapping[str, Any]) -> list[str]:
    legal = package["legal"]
    said = []
    if legal["treatment"] == "preferential":
        said.append(f"preferential, GATT Article XXIV: {legal['article_xxiv']}")
        for c in legal["coverage"]:
            free = c["freed"] + c["already_free"]
            least = "at least " if free < 0.995 else ""
            said.append(
                f"{least}{100 * free:.0f} % of {'-'.join(c['between'])} goods trade free "
                f"({100 * c['already_free']:.0f} % before), by sector means"
            )
    elif legal["treatment"] == "mfn":
        said.append("cuts for all partners (MFN)")
    said += [f"{a['party']} {a['verdict']}: {a['why']}" for a in legal["authority"]]
    said += [f"over bound rate: {text}" for text in legal["over_bound"]]
    said += [f"ground of {text}" for text in legal["grounds"]]
    said += [
        f"commitment {p['commitment']} {p['verdict']}: {p['why']}" for p in package["commitments"]
    ]
    return said or ["no duty is cut"]


def _balance(check: Mapping[str, Any], money: Money) -> list[str]:
    amount = check["unit"] == "usd_bn"

    def show(value: float) -> str:
        return f"{money.level(value, '+')} {money.unit}" if amount else f"{100 * value:.0f} %"

    found = [f"{show(f['value'])} {f['label']} ({f['basis']}, {f['year']})" for f in check["found"]]
    head = f"{check['label']}: claimed {show(check['claimed'])}, {check['verdict']}"
    return hanging("", [head + ("; found: " + "; ".join(found) if found else "")], indent=4)
