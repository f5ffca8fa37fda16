"""The command line: parse, call, print, exit code."""

from tzkc_geo.cli.main import main

__all__ = ["main"]
