"""The figures of pages, drawn on the server; the chart library is an addition."""
