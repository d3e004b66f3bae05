"""Frames to draw: one as in real life, and whatever hypothesis thinks of."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import strategies as st

from folkmoot.figures import Comparison, Frame, Point, Series, Source, Unit

REGIONS = {
    "E12000001": "North East",
    "E12000002": "North West",
    "E12000003": "Yorkshire and The Humber",
    "E12000004": "East Midlands",
    "E12000005": "West Midlands",
    "E12000006": "East of England",
    "E12000007": "London",
    "E12000008": "South East",
    "E12000009": "South West",
}
HOSTILE = ["<script>alert(1)</script>", '" onload="x', "a & b", "=1+1", "-x", "@y", "\tz", "x" * 300, "]]>", "Môn ŵ"]

values = (
    st.none() | st.decimals(min_value=-(10**17), max_value=10**17, places=3) | st.sampled_from([Decimal(0), Decimal(5)])
)
marks = st.frozensets(st.sampled_from("bcefpruwxz"), max_size=3)
labels = st.sampled_from(HOSTILE) | st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30)


@st.composite
def _frames(draw: Callable[[st.SearchStrategy[object]], object]) -> Frame:
    """A frame of 1 to 4 series with 1 to 160 points, values of every kind and labels that bite."""
    size = draw(st.integers(1, 12) | st.just(160))
    names = draw(st.lists(labels, min_size=1, max_size=4, unique=True))
    assert isinstance(size, int)
    assert isinstance(names, list)
    points = [draw(labels) for _at in range(min(size, 12))]
    return Frame(
        key=str(draw(labels)),
        title=str(draw(labels)),
        question="Which?",
        unit=Unit(str(draw(labels)), decimals=draw(st.integers(0, 3)), prefix=draw(st.sampled_from(["", "£"]))),  # type: ignore[arg-type]
        dimension="Region",
        series=tuple(
            Series(name, tuple(Point(str(points[at % 12]), f"k{at}", draw(values), draw(marks)) for at in range(size)))  # type: ignore[arg-type]
            for name in names
        ),
        period="2024",
        source=Source("A body", "https://example.org", "OGL"),
        updated=date(2026, 5, 3),
        comparison=draw(st.none() | st.builds(Comparison, labels, values.filter(lambda value: value is not None))),  # type: ignore[arg-type]
        over_time=bool(draw(st.booleans())),
    )


def _frame_of(*numbers: str | None, over_time: bool = False, comparison: str | None = None, **changes: object) -> Frame:
    """A frame of one series over the regions; None is a missing value."""
    points = [
        Point(name, code, None if number is None else Decimal(number))
        for (code, name), number in zip(REGIONS.items(), numbers, strict=False)
    ]
    fields: dict[str, object] = {
        "key": "quality",
        "title": "Quality of life",
        "question": "How does quality of life differ by region?",
        "unit": Unit("score", 1),
        "dimension": "Region",
        "series": (Series("2021-22", tuple(points)),),
        "period": "2021-22",
        "source": Source("A body", "https://example.org", "OGL"),
        "updated": date(2026, 5, 3),
        "comparison": Comparison("England", Decimal(comparison)) if comparison else None,
        "over_time": over_time,
    }
    return Frame(**{**fields, **changes})  # type: ignore[arg-type]


@pytest.fixture(scope="session")
def frames() -> st.SearchStrategy[Frame]:
    """Frames as hypothesis thinks of them: draw from it inside a test."""
    return _frames()


@pytest.fixture(scope="session")
def frame_of() -> Callable[..., Frame]:
    """Make a frame of one series over the regions of England, from texts; None is a missing value."""
    return _frame_of


@pytest.fixture(scope="session")
def regions() -> Frame:
    """Nine regions with one missing, beside England."""
    return _frame_of("7.5", "7.2", "7.3", "7.1", "7.1", "7.3", None, "7.3", "7.2", comparison="7.3")
