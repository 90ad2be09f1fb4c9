"""The headings of the groups that a survey's result is told of by."""

import pytest

from kapabla.material.texts import Text
from kapabla.web.survey_page import _joined


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("30–49 år",), "30–49 år"),
        (("16–29 år", "30–49 år"), "16–49 år"),
        (("50–64 år", "65–79 år", "80 år eller äldre"), "50 år eller äldre"),
        (("I centralorten", "I en annan by eller ort"), "I centralorten, I en annan by eller ort"),
    ],
)
def test_neighbouring_ages_are_one_heading(labels, told):
    assert _joined([Text(sv=label) for label in labels], "sv") == told
