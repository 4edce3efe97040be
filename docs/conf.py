"""How Sphinx builds the documentation."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from django_activejob import __version__

project = "django_activejob"
author = "django_activejob contributors"
copyright = "2026, django_activejob contributors"  # noqa: A001 - the name that Sphinx wants
release = version = __version__

extensions = ["myst_parser"]
myst_heading_anchors = 3
exclude_patterns = ["_build"]
nitpicky = True
html_theme = "furo"
html_title = "django_activejob"
