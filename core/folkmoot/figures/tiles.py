"""The nine regions of England as a tile-grid map, which needs no boundary file."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from markupsafe import Markup

from .files import plain
from .frame import Frame, InvalidFrame, Point
from .labels import id_for, wrapped
from .sentences import sentence
from .templating import Translate, render

# Column and row of each region by GSS code: as they lie to one another, London between its neighbours.
PLACES = {
    "E12000001": (1, 0),
    "E12000002": (0, 1),
    "E12000003": (1, 1),
    "E12000004": (1, 2),
    "E12000005": (0, 2),
    "E12000006": (2, 2),
    "E12000007": (1, 3),
    "E12000008": (2, 3),
    "E12000009": (0, 3),
}
CODES = {
    "north east": "E12000001",
    "north west": "E12000002",
    "yorkshire and the humber": "E12000003",
    "yorkshire and humber": "E12000003",
    "east midlands": "E12000004",
    "west midlands": "E12000005",
    "east of england": "E12000006",
    "east": "E12000006",
    "eastern": "E12000006",
    "london": "E12000007",
    "south east": "E12000008",
    "south west": "E12000009",
}
# Light to dark; the text colour on each keeps 4.5:1.
CLASSES = (
    ("#e8f1f8", "#0b0c0c"),
    ("#b5d0e6", "#0b0c0c"),
    ("#7fb0d6", "#0b0c0c"),
    ("#1d70b8", "#ffffff"),
    ("#12436d", "#ffffff"),
)
_NO_VALUE = ("#ffffff", "#0b0c0c")
_TILE = 104
_LINE = 17


def tile_grid(frame: Frame, _: Translate = str, *, links: Mapping[str, str] | None = None, width: int = 320) -> Markup:
    """Return a map of the first series with one tile per region: name, value and one of five colours.

    :param links: an address by point key, where a tile should lead somewhere.
    :param width: units of the drawing, 320 or more; the map itself keeps its size at the left.
    :raises InvalidFrame: when a point is not a region of England, by GSS code or by name, or two are the same one.
    """
    points = frame.series[0].points
    codes = [_code(point) for point in points]
    if len(set(codes)) < len(codes):
        raise InvalidFrame("Two points of a tile map are the same region.")
    ranges = _classes([frame.unit.rounded(point.value) for point in points if point.value is not None])
    tiles = [_tile(frame, point, PLACES[code], ranges) for point, code in zip(points, codes, strict=True)]
    legend = _legend(frame, ranges)
    return render(
        "tiles.svg",
        id=id_for(frame, "tiles", width),
        frame=frame,
        sentence=sentence(frame, _),
        tiles=tiles,
        legend=legend,
        links=links or {},
        width=max(width, 320),
        height=4 * _TILE + _LINE * len(legend) + 20,
        top=4 * _TILE + 12,
    )


def _code(point: Point) -> str:
    code = point.key if point.key in PLACES else CODES.get(point.label.strip().lower(), "")
    if not code:
        raise InvalidFrame(f"{point.label} is not one of the nine regions of England.")
    return code


def _classes(values: Sequence[Decimal]) -> list[list[Decimal]]:
    """Return the values of each of the five classes, which are equal steps between the lowest and the highest.

    Values come as they are shown: two tiles that read 7.3 have one colour.
    """
    low, high = (min(values), max(values)) if values else (Decimal(0), Decimal(0))
    found: list[list[Decimal]] = [[] for _colour in CLASSES]
    for value in values:
        share = (value - low) / (high - low) if high > low else Decimal(0)
        found[min(int(share * len(CLASSES)), len(CLASSES) - 1)].append(value)
    return found


def _tile(frame: Frame, point: Point, place: tuple[int, int], ranges: list[list[Decimal]]) -> dict[str, object]:
    value = None if point.value is None else frame.unit.rounded(point.value)
    index = next((index for index, values in enumerate(ranges) if value in values), None)
    fill, ink = _NO_VALUE if index is None else CLASSES[index]
    x, y = 4 + place[0] * _TILE, 4 + place[1] * _TILE
    text = frame.shown(point)
    return {
        "key": point.key,
        "label": point.label,
        "value": plain(point.value),
        "text": text,
        "squeeze": len(text) * 10 > _TILE - 16,
        "index": index,
        "fill": fill,
        "ink": ink,
        "x": x,
        "y": y,
        "lines": [(y + 22 + _LINE * row, line) for row, line in enumerate(wrapped(point.label, _TILE - 12, 3))],
    }


def _legend(frame: Frame, ranges: list[list[Decimal]]) -> list[tuple[int, str, str]]:
    """Return (class, colour, lowest to highest value in it), so that no edge is left to guess."""
    result = []
    for index, values in enumerate(ranges):
        if values:
            low, high = frame.unit.text(min(values)), frame.unit.text(max(values))
            result.append((index, CLASSES[index][0], low if low == high else f"{low} – {high}"))
    return result
