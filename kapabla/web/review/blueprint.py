"""The audience's blueprint, by itself so that its view modules can be read in any order."""

from flask import Blueprint

blueprint = Blueprint("review", __name__)
