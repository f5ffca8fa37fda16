"""The tables of the plan and the geometry derived from them; data only, licence ODbL 1.0.

This file marks the folder as a package, so that ``importlib.resources`` finds the tables
after an installation. It holds no code.
"""
