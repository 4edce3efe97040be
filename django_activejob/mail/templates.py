"""The text and the HTML of a message, out of templates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.template import TemplateDoesNotExist
from django.template.backends.django import Template as DjangoTemplate
from django.template.context import make_context
from django.template.loader import get_template

TEXT, HTML = ".txt", ".html"


def render(name: str, context: Mapping[str, Any]) -> tuple[str | None, str | None]:
    """Renders the templates ``name.txt`` and ``name.html``, whichever there are.

    Nothing is escaped in the text, for it is not HTML.

    Returns:
        The text and the HTML.

    Raises:
        TemplateDoesNotExist: there is neither.
    """
    text, html = _render(name + TEXT, context), _render(name + HTML, context)
    if text is None and html is None:
        raise TemplateDoesNotExist(f"{name}{TEXT} or {name}{HTML}")
    return text, html


def _render(name: str, context: Mapping[str, Any]) -> str | None:
    try:
        template: Any = get_template(name)
    except TemplateDoesNotExist as error:
        if str(error) != name:
            raise  # the template is there, but something that it extends is not
        return None
    if name.endswith(TEXT) and isinstance(template, DjangoTemplate):
        return str(template.template.render(make_context(dict(context), autoescape=False)))
    return str(template.render(dict(context)))
