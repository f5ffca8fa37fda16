"""The error that a wrong query raises."""

from tzkc_geo.errors import TzkcError


class QueryError(TzkcError, ValueError):
    """A parameter of an address is wrong; the message names it (400 Bad Request)."""
