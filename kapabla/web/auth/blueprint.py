"""The blueprint of signing in and of the own account."""

from flask import Blueprint

blueprint = Blueprint("auth", __name__)
