"""One computed frame gives a chart, a map, a table, a sentence and files, so that they cannot disagree."""

from .charts import Kind, svg
from .files import csv_text, json_data
from .frame import MARKS, Comparison, Frame, InvalidFrame, Point, Series, Source, Unit
from .sentences import sentence
from .tables import table
from .tiles import tile_grid

__all__ = [
    "MARKS",
    "Comparison",
    "Frame",
    "InvalidFrame",
    "Kind",
    "Point",
    "Series",
    "Source",
    "Unit",
    "csv_text",
    "json_data",
    "sentence",
    "svg",
    "table",
    "tile_grid",
]
