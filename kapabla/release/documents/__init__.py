"""What describes a release beside its tables: each document is made from the same columns, and gives the same bytes
every time."""
