"""The application for a server; the only module that makes one when it is imported."""

import os
from functools import partial

from services.app import create_app
from services.server import world
from services.settings import Settings

settings = Settings.from_environment(os.environ)
app = create_app(settings, partial(world, settings))
