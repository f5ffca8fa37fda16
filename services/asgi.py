"""The application for a server; the only module that makes one when it is imported."""

import os
from functools import partial

from services.app import create_app
from services.settings import Settings
from tzkc_geo.io.load import load

settings = Settings.from_environment(os.environ)
app = create_app(settings, partial(load, settings.data_dir))
