"""Checks of packages: each change is well formed, none contradicts another."""

from __future__ import annotations

from collections.abc import Iterator

from parley.labels import allowed_text
from parley.scenario.check_policy import flow_ends
from parley.scenario.instruments import COMPUTED_KINDS, Instrument
from parley.scenario.packages import FORMS, Package, PackageChange
from parley.scenario.promises import flat_changes, promises_touched
from parley.scenario.staging import LONGEST
from parley.scenario.story import Story

__all__ = ["check_packages"]

ROUNDING = 1e-9
ACTIONS = ("to", "add", "cut_by", "cost", "on", "rate", "retaliation", "broken")
BESIDES: dict[str, tuple[str, ...]] = {
    "instrument": ("only",),
    "threat": ("only",),
    "measure": (),
    "commitment": (),
    "between": ("sectors", "lines", "share_of_flow", "kind", "except"),
    "by": ("from_", "sectors", "lines", "share_of_flow", "kind", "except"),
}
"""Which further fields belong to which form of a change."""
RESERVED = {
    "no-deal": "it is the outcome that nothing is signed",
    "other-deal": "it is the outcome that something else is signed",
    "status-quo": "it is the measures in force on as_of, without any package",
    "world-year": "it is the world as its data are, before any measure",
}
"""Ids that mean something to Parley itself, so that no package may bear them."""


def check_packages(story: Story) -> None:
    """Note what is wrong with packages."""
    circles: set[frozenset[str]] = set()
    _signed(story)
    for package in story.packages:
        if package.id in RESERVED:
            story.add(
                f"a package is called '{package.id}', which means something else",
                f"package[{package.id}].id",
                RESERVED[package.id],
                "rename the package, here and wherever it is named",
            )
        for position, change in enumerate(package.changes):
            _change(story, change, f"package[{package.id}].changes[{position}]")
        _consent(story, package)
        circle = _circular(story, package)
        if circle:
            if frozenset(circle) not in circles:
                circles.add(frozenset(circle))
                story.add(
                    "the package includes itself",
                    f"package[{package.id}].include",
                    " -> ".join(circle),
                    "break the circle",
                )
            continue
        _contradictions(story, package)
        if package.keeps_commitments:
            for verdict in promises_touched(story, package):
                if verdict.verdict == "broken":
                    story.add(
                        f"the package breaks the commitment '{verdict.commitment}'",
                        f"package[{package.id}].keeps_commitments",
                        verdict.why,
                        "change the package, or write keeps_commitments = false",
                    )


def _signed(story: Story) -> None:
    """Note every threat that talks would sign."""
    for talks in story.talks:
        for position, name in enumerate(talks.agenda):
            package = story.package(name)
            if package is not None and package.kind == "threat":
                story.add(
                    f"the threat '{name}' is on the agenda",
                    f"talks[{talks.id}].agenda[{position}]",
                    "an agenda is what may be signed, and nobody signs a threat",
                    f'take it off the agenda (breakdown = "{name}" says that it follows if the '
                    'talks fail), or give that package kind = "deal"',
                )


def _consent(story: Story, package: Package) -> None:
    """Note who would have to agree without being at the table."""
    held = [t for t in story.talks if t.id == package.talks or package.id in t.agenda]
    for position, party in enumerate(package.consent):
        talks = next((t for t in held if party not in t.parties), None)
        if talks is not None:
            story.add(
                f"'{party}' would have to agree, and is not at the table",
                f"package[{package.id}].consent[{position}]",
                f"the talks '{talks.id}' are between {', '.join(talks.parties)}",
                f"take it out, or add it to the parties of '{talks.id}'",
            )


def _circular(story: Story, package: Package) -> list[str]:
    """Return the circle of packages that leads back to this one, empty if there is none."""
    stack: list[tuple[Package, list[str]]] = [(package, [package.id])]
    while stack:
        here, path = stack.pop()
        for name in here.include:
            if name == package.id:
                return [*path, name]
            other = story.package(name)
            if other is not None and name not in path:
                stack.append((other, [*path, name]))
    return []


def _change(story: Story, change: PackageChange, path: str) -> None:
    forms = [word for word in FORMS if getattr(change, word)]
    if len(forms) != 1:
        found = "says nothing of what it changes" if not forms else f"names {' and '.join(forms)}"
        story.add(
            f"the change {found}",
            path,
            "a change is about one thing",
            "begin it with one of: " + ", ".join(FORMS),
        )
        return
    form = forms[0]
    allowed = FORMS[form]
    given = [a for a in ACTIONS if getattr(change, a) is not None]
    for word in given:
        if word not in allowed:
            story.add(
                f"'{word}' has no meaning in a change of '{form}'",
                f"{path}.{word}",
                "",
                f"use one of: {', '.join(allowed)}",
            )
    settings = [a for a in given if a in allowed]
    if form != "threat" and len(settings) != 1:
        found = "nothing" if not settings else " and ".join(settings)
        story.add(
            f"the change sets {found}",
            path,
            "a change says one thing about the level",
            f"give exactly one of: {', '.join(allowed)}",
        )
        return
    _besides(story, change, form, path)
    _staging(story, change, path)
    if form == "instrument":
        _instrument(story, change, path)
    elif form in ("between", "by"):
        _duties(story, change, form, path)
    elif form == "measure" and change.on is True:
        story.add(
            "the measure is already in force", f"{path}.on", do="write on = false to take it back"
        )
    elif form == "commitment" and change.broken is False:
        story.add("a commitment is kept unless it is broken", f"{path}.broken", do="leave it out")
    elif form == "threat":
        _threat(story, change, path)


def _besides(story: Story, change: PackageChange, form: str, path: str) -> None:
    present = {
        "from_": bool(change.from_),
        "only": bool(change.only),
        "sectors": bool(change.sectors),
        "lines": bool(change.lines),
        "share_of_flow": change.share_of_flow is not None,
        "kind": change.kind is not None,
        "except": bool(change.except_lines or change.except_sectors or change.except_instruments),
    }
    for name, there in present.items():
        if there and name not in BESIDES[form]:
            word = "from" if name == "from_" else name
            story.add(
                f"'{word}' does not belong to a change of '{form}'",
                path,
                "the " + form + " already says what is touched",
                "remove it",
            )


def _staging(story: Story, change: PackageChange, path: str) -> None:
    staging = change.staging
    if staging is None:
        return
    if staging.years > LONGEST:
        story.add(
            f"the change takes {staging.years} years",
            f"{path}.staging.years",
            f"no schedule of duties runs over more than {LONGEST} years",
            "years are counted from entry into force; correct them",
        )
    if change.commitment:
        story.add(
            "a broken promise is phased in",
            f"{path}.staging",
            "a promise is kept or broken",
            "leave staging out",
        )
    if staging.years == 0 and (staging.steps or staging.at_once is not None):
        story.add(
            "a change that takes no years is phased in",
            f"{path}.staging.years",
            "at_once and steps say what comes before the last step",
            "give the years, or leave staging out",
        )
    levels = [*staging.steps, *([] if change.to is None else [change.to])]
    if levels != sorted(levels) and levels != sorted(levels, reverse=True):
        story.add(
            f"levels of {', '.join(f'{x:g}' for x in levels)}, one after the other",
            f"{path}.staging.steps",
            "phased in, a level moves one way",
            "correct the steps",
        )
    if staging.years and staging.steps and len(staging.steps) != staging.years:
        story.add(
            f"levels of {len(staging.steps)} years, and it takes {staging.years}",
            f"{path}.staging.steps",
            "steps hold one level for each year before the last step, the first that of the "
            "year that begins with entry into force",
            "give as many levels as years, without the last one, which the change itself states",
        )
    if staging.steps and (
        change.measure or change.commitment or change.cost is not None or change.retaliation
    ):
        story.add(
            "levels are given for what is no one duty",
            f"{path}.staging.steps",
            "steps are levels of a duty or a tax",
            "leave steps out: all then moves in equal parts, or as at_once says",
        )
    if staging.steps and staging.at_once is not None:
        story.add(
            "both the level of each year and the part that comes at once are given",
            f"{path}.staging.at_once",
            "the first of the steps says what comes at once",
            "leave one of the two out",
        )


def _instrument(story: Story, change: PackageChange, path: str) -> None:
    instrument = story.instrument(change.instrument)
    if instrument is None:
        return
    if change.on is not None and instrument.kind in ("tariff", "cost"):
        story.add(
            f"an instrument of kind '{instrument.kind}' cannot be switched",
            f"{path}.on",
            "only additional tariffs, export taxes and quotas are switched on and off",
            "write to = ... with the new level",
        )
    elif change.on and instrument.rate is None and instrument.kind in COMPUTED_KINDS:
        story.add(
            f"'{instrument.id}' is switched on, but has no rate",
            f"{path}.on",
            "",
            f"add rate = ... to instrument '{instrument.id}', or write to = ...",
        )
    if instrument.kind == "cost" and change.to is not None and change.to <= 0:
        story.add(f"a cost factor of {change.to:g}", f"{path}.to", "1 means no cost")
    _bounds(story, instrument, change, path)
    _rises(story, instrument, change, path)
    for name in change.only:
        reached = set(story.places.regions(instrument.on))
        if story.labels and not set(story.places.regions((name,))) <= reached:
            story.add(
                f"'{name}' is not among the places '{instrument.id}' falls on",
                f"{path}.only",
                "",
                allowed_text(name, instrument.on),
            )


def _bounds(story: Story, instrument: Instrument, change: PackageChange, path: str) -> None:
    if instrument.bounds is None or instrument.bounds[0] > instrument.bounds[1]:
        return
    low, high = instrument.bounds
    levels = [change.to] if change.to is not None else []
    levels += change.staging.steps if change.staging is not None else ()
    for now in (instrument.now or {}).values():
        if change.cut_by is not None:
            levels.append(now * (1 - change.cut_by))
        if change.add is not None:
            levels.append(now + change.add)
    for level in levels:
        if not low - ROUNDING <= level <= high + ROUNDING:
            story.add(
                f"'{instrument.id}' would go to {level:g}",
                path,
                f"its bounds are [{low:g}, {high:g}]",
                "stay within the bounds, or widen them",
            )
            return


def _rises(story: Story, instrument: Instrument, change: PackageChange, path: str) -> None:
    """Note steps that lie outside the way from the level now to the new one."""
    levels = list((instrument.now or {}).values())
    if change.staging is None or change.to is None or not levels:
        return
    low, high = min(*levels, change.to), max(*levels, change.to)
    for position, step in enumerate(change.staging.steps):
        if not low - ROUNDING <= step <= high + ROUNDING:
            story.add(
                f"on its way to {change.to:g} '{instrument.id}' would go to {step:g}",
                f"{path}.staging.steps[{position}]",
                f"it is at {', '.join(f'{x:g}' for x in sorted(set(levels)))} now: phased in, a "
                "level moves one way",
                "correct the step, or the level now of the instrument",
            )
            return


def _duties(story: Story, change: PackageChange, form: str, path: str) -> None:
    if not change.sectors:
        story.add("no sectors are given", path, do='add sectors = "all goods", or a list')
    if form == "by" and not change.from_:
        story.add("it is not said whose goods", path, do='add from = ..., or from = "all"')
    if change.kind == "export-tax" and change.cost is not None:
        story.add("a cost is not an export tax", f"{path}.cost", do="remove kind, or cost")
    places = story.places
    listed = change.between or change.from_
    members = [r for name in listed if name != "all" for r in places.groups.get(name, (name,))]
    if form == "between" and len(set(members)) < 2:
        story.add(
            "two places are needed",
            f"{path}.between",
            "duties change between one place and another",
            "name both",
        )
    givers = places.groups.get(change.by or "", (change.by,)) if change.by else ()
    for region in sorted(set(givers).intersection(members)):
        story.add(
            f"'{region}' is on both sides",
            f"{path}.from",
            "importer and exporter are the same",
            "remove it from one side",
        )


def _threat(story: Story, change: PackageChange, path: str) -> None:
    threat = story.threat(change.threat)
    if threat is None:
        return
    if change.retaliation and not threat.answered_by:
        story.add(
            f"nobody has said how '{threat.id}' would be answered",
            f"{path}.retaliation",
            "",
            f"add answered_by = [...] to threat '{threat.id}'",
        )
    instrument = story.instrument(threat.instrument)
    if (
        instrument is not None
        and change.rate is None
        and threat.rate is None
        and instrument.rate is None
        and instrument.kind in COMPUTED_KINDS
    ):
        story.add(
            f"the threat '{threat.id}' has no rate",
            path,
            "neither the change, nor the threat, nor its instrument gives one",
            f"add rate = ... to instrument '{instrument.id}'",
        )


Target = tuple[str, ...]

RELATIVE = ("add", "cut_by", "cost")
"""Changes that mean something else when they are made twice."""


def _contradictions(story: Story, package: Package) -> None:
    set_by: dict[Target, tuple[str, str, str]] = {}
    said: set[tuple[str, str]] = set()
    for owner, position, change in flat_changes(story, package):
        path = f"package[{owner}].changes[{position}]"
        for target, action in _targets(story, change):
            first_action, first_path, first_owner = set_by.setdefault(target, (action, path, owner))
            inherited = owner == first_owner != package.id
            if path == first_path or inherited or (first_path, path) in said:
                continue
            if first_action == action and not action.startswith(RELATIVE):
                continue
            said.add((first_path, path))
            story.add(
                f"{_target_text(target)} is set to {action} here and to {first_action} there",
                path if owner == package.id else f"package[{package.id}].include",
                f"{first_path} sets the same thing",
                "keep one of the two changes",
            )


def _target_text(target: Target) -> str:
    if target[0] == "duty":
        return f"the duty of {target[1]} on {target[3]} from {target[2]}"
    return f"{target[0]} '{target[1]}'" + (f" on {target[2]}" if len(target) > 2 else "")


def _action(change: PackageChange) -> str:
    for name in ("to", "add", "cut_by", "cost", "rate"):
        value = getattr(change, name)
        if value is not None:
            return f"{value:g}" if name in ("to", "rate") else f"{name} {value:g}"
    if change.on is not None:
        return "on" if change.on else "off"
    return "as stated"


def _targets(story: Story, change: PackageChange) -> Iterator[tuple[Target, str]]:
    places = story.places
    action = _action(change)
    if change.instrument:
        instrument = story.instrument(change.instrument)
        for region in change.only or (instrument.on if instrument else ()):
            yield ("instrument", change.instrument, region), action
    elif change.threat:
        threat = story.threat(change.threat)
        if threat is not None and threat.instrument:
            instrument = story.instrument(threat.instrument)
            rate = change.rate if change.rate is not None else threat.rate and threat.rate.value
            same = instrument is not None and (rate is None or rate == instrument.rate)
            for region in change.only or (instrument.on if instrument else ()):
                yield ("instrument", threat.instrument, region), "on" if same else f"{rate:g}"
        else:
            yield ("threat", change.threat), action
    elif change.measure:
        yield ("measure", change.measure), action
    elif change.between or change.by:
        by = places.regions(change.between or (change.by or "",))
        on = places.regions(change.between or change.from_)
        out = set(places.sectors(change.except_sectors))
        kind = change.kind or ("cost" if change.cost is not None else "tariff")
        name = "duty" if kind == "tariff" else kind
        part = ",".join(change.lines) if change.share_of_flow else ""
        for importer, exporter in flow_ends(kind, by, on):
            for sector in places.sectors(change.sectors):
                if sector not in out:
                    yield (name, importer, exporter, sector, part), action
