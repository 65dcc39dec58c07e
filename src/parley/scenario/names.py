"""References: texts that name something else in the file or in the world."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from parley.scenario.base import Ref
from parley.scenario.values import Level, Share, Text

__all__ = [
    "ABOUT_KINDS",
    "ALL_WORDS",
    "UNIVERSAL",
    "About",
    "ClaimRef",
    "ClaimRefs",
    "CommitmentRef",
    "CommitmentRefs",
    "ConstituencyRef",
    "EventRef",
    "InstrumentRef",
    "InstrumentRefs",
    "LevelByExporter",
    "LevelByInstrument",
    "MeasureRef",
    "MeasureRefs",
    "PackageOrStatusQuo",
    "PackageRef",
    "PackageRefs",
    "PartyRef",
    "PartyRefs",
    "PlaceRef",
    "Places",
    "PlacesOrAll",
    "PlainSectors",
    "RegionRefs",
    "Sectors",
    "ShareByExporter",
    "SourceRef",
    "SourceRefs",
    "TalksRef",
    "ThreatRef",
    "ThreatRefs",
]

UNIVERSAL = "*"
"""Key under which a single figure is kept that holds for all exporters."""

ALL_WORDS = ("all", "all goods", "services")
"""Words that stand for many sectors."""

ABOUT_KINDS = (
    "package",
    "instrument",
    "measure",
    "threat",
    "commitment",
    "talks",
    "event",
    "balance",
    "constituency",
    "party",
)
"""What a claim can be about."""


def _several(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


_MANY = BeforeValidator(_several)
_MANY_SCHEMA = WithJsonSchema(
    {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)

PlaceRef = Annotated[Text, Ref(("region", "group"))]
PartyRef = Annotated[Text, Ref(("party",))]
TalksRef = Annotated[Text, Ref(("talks",))]
InstrumentRef = Annotated[Text, Ref(("instrument",))]
MeasureRef = Annotated[Text, Ref(("measure",))]
ThreatRef = Annotated[Text, Ref(("threat",))]
CommitmentRef = Annotated[Text, Ref(("commitment",))]
EventRef = Annotated[Text, Ref(("event",))]
PackageRef = Annotated[Text, Ref(("package",))]
PackageOrStatusQuo = Annotated[Text, Ref(("package",), ("status-quo",))]
SourceRef = Annotated[Text, Ref(("source",))]
ClaimRef = Annotated[Text, Ref(("claim",))]
ConstituencyRef = Annotated[Text, Ref(("constituency",))]

RegionRefs = Annotated[tuple[Annotated[Text, Ref(("region",))], ...], _MANY, _MANY_SCHEMA]
Places = Annotated[tuple[PlaceRef, ...], _MANY, _MANY_SCHEMA]
PlacesOrAll = Annotated[
    tuple[Annotated[Text, Ref(("region", "group"), ("all",))], ...], _MANY, _MANY_SCHEMA
]
Sectors = Annotated[
    tuple[Annotated[Text, Ref(("sector", "sector-group"), ALL_WORDS)], ...], _MANY, _MANY_SCHEMA
]
PlainSectors = Annotated[
    tuple[Annotated[Text, Ref(("sector",), ALL_WORDS)], ...], _MANY, _MANY_SCHEMA
]
PartyRefs = Annotated[tuple[PartyRef, ...], _MANY, _MANY_SCHEMA]
InstrumentRefs = Annotated[tuple[InstrumentRef, ...], _MANY, _MANY_SCHEMA]
MeasureRefs = Annotated[tuple[MeasureRef, ...], _MANY, _MANY_SCHEMA]
ThreatRefs = Annotated[tuple[ThreatRef, ...], _MANY, _MANY_SCHEMA]
CommitmentRefs = Annotated[tuple[CommitmentRef, ...], _MANY, _MANY_SCHEMA]
PackageRefs = Annotated[tuple[PackageRef, ...], _MANY, _MANY_SCHEMA]
SourceRefs = Annotated[tuple[SourceRef, ...], _MANY, _MANY_SCHEMA]
ClaimRefs = Annotated[tuple[ClaimRef, ...], _MANY, _MANY_SCHEMA]
About = Annotated[tuple[Annotated[Text, Ref(ABOUT_KINDS, typed=True)], ...], _MANY, _MANY_SCHEMA]


def _by_exporter(value: Any) -> Any:
    return value if isinstance(value, dict) else {UNIVERSAL: value}


def _number_or_table(number: dict[str, Any]) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [number, {"type": "object", "additionalProperties": number}]})


_KEY = Annotated[Text, Ref(("region", "group"), (UNIVERSAL,))]
ShareByExporter = Annotated[
    dict[_KEY, Share],
    BeforeValidator(_by_exporter),
    _number_or_table({"type": "number", "exclusiveMinimum": 0, "maximum": 1}),
]
LevelByExporter = Annotated[
    dict[_KEY, Level],
    BeforeValidator(_by_exporter),
    _number_or_table({"type": "number", "exclusiveMinimum": -1, "maximum": 10}),
]
LevelByInstrument = dict[InstrumentRef, Level]
