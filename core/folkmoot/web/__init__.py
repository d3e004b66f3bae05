"""The edge, pages, the staff console, the JSON API, the layout."""
