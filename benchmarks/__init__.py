"""Benchmarks: how far each part lies from the least that could do the same work, measured in the same run.

A figure alone says more of the machine than of the code, so every row is a ratio: to a floor (a bare Flask view with
one durable insert, an empty page) or to what a library takes for the same table.
`python -m benchmarks [long] [NAME ...]`; `long` takes the large counts.
"""
