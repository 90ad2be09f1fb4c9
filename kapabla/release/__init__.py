"""WHAT MAY LEAVE: columns described once, the builder, disclosure control, writers, the published store."""
