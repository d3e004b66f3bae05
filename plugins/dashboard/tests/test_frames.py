"""Regions from local authorities: unweighted, in decimals, and labelled."""

from decimal import Decimal

from folkmoot.api.figures import Unit
from folkmoot_dashboard.frames import averages, figure_id
from folkmoot_dashboard.geography import geographies, not_counted_twice
from folkmoot_dashboard.models import Observation


def observation(code: str, value: str | None) -> Observation:
    place = geographies()[code]
    return Observation(
        geography_code=code,
        geography_name=place.name,
        geography_level=place.level,
        region_code=place.region,
        value=value,
    )


def test_an_average_is_exact_and_leaves_out_what_is_missing() -> None:
    local = [observation("E09000001", "0.1"), observation("E09000002", "0.2"), observation("E09000003", None)]
    [london] = averages(local, Unit("", 2))
    assert (london.key, london.label, london.value) == ("E12000007", "London", Decimal("0.15"))


def test_a_region_without_any_value_has_none_and_is_no_zero() -> None:
    [london] = averages([observation("E09000001", None)], Unit("", 1))
    assert london.value is None
    assert london.suffix == "[x]"


def test_a_district_is_not_counted_beside_its_county() -> None:
    assert not_counted_twice(["E10000014", "E07000084", "E06000044"]) == {"E10000014", "E06000044"}
    assert not_counted_twice(["E07000084", "E06000044"]) == {"E07000084", "E06000044"}


def test_a_figure_has_a_key_that_is_fit_for_an_address() -> None:
    assert figure_id("care", "1A (1)/x", "2021-22", "E12000007", "sex: Female") == (
        "care_1a-1-x_2021-22_e12000007_by-sex-female"
    )


def test_every_known_place_lies_somewhere() -> None:
    places = geographies()
    assert sum(place.level == "region" for place in places.values()) == 9
    assert all(place.region in places for place in places.values() if place.level in {"authority", "district"})
