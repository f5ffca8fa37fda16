"""Points by the million: files are read, assigned and written as a stream."""

from __future__ import annotations

from tzkc_geo.bulk.question import Columns, Question
from tzkc_geo.bulk.run import ENGINES, Engine, Summary, assign_file
from tzkc_geo.bulk.stream import assign_stream

__all__ = ["ENGINES", "Columns", "Engine", "Question", "Summary", "assign_file", "assign_stream"]
