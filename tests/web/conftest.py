"""Uploads, previews and gaps in a language are checked with all the material that stands around them."""

from tests.material_once import unchanged_parts_once

__all__ = ["unchanged_parts_once"]
