"""What R says (`reference.json`, made by `reference.R`) of the small data sets beside it."""

import json
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
R = json.loads((HERE / "reference.json").read_text(encoding="utf-8"))


def data(name):
    return pd.read_csv(HERE / f"{name}.csv")
