"""A reader of the classic NetCDF format (versions 1 and 2), for what Parley writes.

SciPy reads the same files, but importing its input-output package takes longer than
the 50 ms an embedded world may take to load. The format: a header of dimensions,
attributes and variables, big-endian and padded to four bytes, then the data of each
variable at the offset the header names (NetCDF Users' Guide, appendix B).
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["Classic", "parse_classic"]

DIMENSION, VARIABLE, ATTRIBUTE = 10, 11, 12
TYPES = {1: ">i1", 2: "S1", 3: ">i2", 4: ">i4", 5: ">f4", 6: ">f8"}
MOST = 10_000  # dimensions, attributes or variables; more means a damaged header


@dataclass(frozen=True, eq=False)
class Classic:
    """The contents of a file: text and number attributes, and arrays by name."""

    attributes: Mapping[str, Any]
    variables: Mapping[str, NDArray[Any]]


def parse_classic(data: bytes) -> Classic:
    """Return the contents of a classic NetCDF file without record variables.

    Raises
    ------
    ValueError
        If the bytes are not such a file, or end before the data do.
    """
    if data[:3] != b"CDF" or len(data) < 8 or data[3] not in (1, 2):
        raise ValueError("not classic NetCDF")
    header = _Header(data, offset=8, wide=data[3] == 2)
    dimensions: list[int] = []
    for _ in range(header.count(DIMENSION)):
        header.name()
        dimensions.append(header.integer())
    attributes = header.attributes()
    variables: dict[str, NDArray[Any]] = {}
    for _ in range(header.count(VARIABLE)):
        name = header.name()
        shape = tuple(dimensions[header.integer()] for _ in range(header.integer()))
        header.attributes()
        kind = header.integer()
        header.integer()  # size in bytes, implied by the shape
        begin = header.begin()
        if kind not in TYPES or 0 in shape:
            raise ValueError(f"variable '{name}' has an unsupported type or a record dimension")
        dtype = np.dtype(TYPES[kind])
        count = int(np.prod(shape, dtype=np.int64))
        if begin < 0 or begin + count * dtype.itemsize > len(data):
            raise ValueError(f"the file ends inside variable '{name}'")
        variables[name] = np.frombuffer(data, dtype, count, begin).reshape(shape)
    return Classic(attributes, variables)


class _Header:
    """Reads the header's fields one after the other."""

    def __init__(self, data: bytes, offset: int, wide: bool) -> None:
        self.data, self.offset, self.wide = data, offset, wide

    def _take(self, size: int) -> bytes:
        if size < 0 or self.offset + size > len(self.data):
            raise ValueError("the file ends inside its header")
        part = self.data[self.offset : self.offset + size]
        self.offset += size
        return part

    def integer(self) -> int:
        return int(struct.unpack(">i", self._take(4))[0])

    def begin(self) -> int:
        return int(struct.unpack(">q", self._take(8))[0]) if self.wide else self.integer()

    def _padded(self, size: int) -> bytes:
        part = self._take(size)
        self._take(-size % 4)
        return part

    def name(self) -> str:
        return self._padded(self.integer()).decode("utf-8")

    def count(self, wanted: int) -> int:
        tag, number = self.integer(), self.integer()
        if (tag, number) == (0, 0):
            return 0
        if tag != wanted or not 0 <= number <= MOST:
            raise ValueError("the header is damaged")
        return number

    def attributes(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for _ in range(self.count(ATTRIBUTE)):
            name, kind, number = self.name(), self.integer(), self.integer()
            if kind not in TYPES:
                raise ValueError(f"attribute '{name}' has an unknown type")
            dtype = np.dtype(TYPES[kind])
            values = np.frombuffer(self._padded(number * dtype.itemsize), dtype)
            found[name] = values.tobytes().decode("utf-8") if kind == 2 else values
        return found
