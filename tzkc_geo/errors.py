"""Every error this library raises on purpose.

TzkcError
├── DataError               a row or file in boundaries/ is wrong: says file, row, what
│   ├── UnknownIdError      an id points at nothing
│   ├── DuplicateIdError    an id stands twice
│   └── StaleError          derived files do not match their inputs
├── CrsError                a coordinate system or datum is missing, unknown or implausible
├── DerivationError         sound rows, impossible geometry
│   ├── CornerError         two neighbouring lines do not meet in one point
│   └── RingError           a ring crosses itself or does not close
├── ClauseError             a 四至 text that the grammar cannot read: shows the character
├── NetworkError            a graph that is not sound, or a scenario that does not fit it
└── LimitError              a request beyond a stated limit
"""


class TzkcError(Exception):
    """Base of all errors raised on purpose by ``tzkc_geo``."""


class DataError(TzkcError, ValueError):
    """A row or a file of the data folder is wrong."""


class UnknownIdError(DataError, LookupError):
    """An id points at nothing."""


class DuplicateIdError(DataError):
    """An id stands twice in its table."""


class StaleError(DataError):
    """Derived files do not match the tables they were derived from."""


class CrsError(TzkcError, ValueError):
    """A coordinate system or datum is missing, unknown or implausible."""


class DerivationError(TzkcError, ValueError):
    """The rows are sound, the geometry that follows is impossible."""


class CornerError(DerivationError):
    """Two neighbouring reference lines do not meet in exactly one usable point."""


class RingError(DerivationError):
    """A ring crosses itself or does not close."""


class ClauseError(TzkcError, ValueError):
    """A 四至 text does not follow the grammar; the message shows the character."""


class NetworkError(TzkcError, ValueError):
    """A graph is not sound, or a scenario does not fit the network."""


class LimitError(TzkcError, ValueError):
    """A request goes beyond a stated limit."""
