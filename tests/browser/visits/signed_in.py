"""Somebody of the staff, signed in."""

from tests import factories as make


def somebody(view, role):
    client = view.client()
    client.secret = make.sign_in_as(client, role)
    return client
