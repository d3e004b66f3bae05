"""Places that figures are about, by GSS code.

``data/geographies.csv`` holds countries, the nine regions of England, upper-tier and unitary authorities (also those
abolished or made since 2015) and districts. Codes and names: Office for National Statistics, Register of Geographic
Codes and open boundary files of 2019 and 2021, Open Government Licence v3.0.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

COUNTRY, REGION, AUTHORITY, DISTRICT = "country", "region", "authority", "district"
LOCAL = (AUTHORITY, DISTRICT)
ENGLAND = "E92000001"
COUNTY_PREFIX = "E10"


@dataclass(frozen=True, slots=True)
class Geography:
    """One place; ``region`` is the code of the region (or country) that it lies in, or empty."""

    code: str
    name: str
    level: str
    region: str


@cache
def geographies() -> Mapping[str, Geography]:
    """Return all known places by code."""
    path = files("folkmoot_dashboard") / "data" / "geographies.csv"
    with path.open(encoding="utf-8") as file:
        return {row["code"]: Geography(**row) for row in csv.DictReader(file)}


def not_counted_twice(codes: Iterable[str]) -> set[str]:
    """Return the local authorities that cover their area once: districts are left out where counties are there."""
    found = set(codes)
    counties = any(code.startswith(COUNTY_PREFIX) for code in found)
    return {code for code in found if not counties or geographies()[code].level != DISTRICT}
