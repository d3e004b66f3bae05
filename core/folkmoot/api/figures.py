"""Figures for plugins: one computed frame gives a chart, a map, a table, a sentence and files."""

from folkmoot.figures import (
    MARKS,
    Comparison,
    Frame,
    InvalidFrame,
    Kind,
    Point,
    Series,
    Source,
    Unit,
    csv_text,
    json_data,
    sentence,
    svg,
    table,
    tile_grid,
)

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
