"""PDF by typst: tagged, so that a screen reader can read it (PDF/UA-1).

What is printed comes in as data, never as source: nobody's words can act as markup.
A sign that our fonts lack does not keep a letter from being written: see :func:`render`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.template import TemplateDoesNotExist
from django.template.utils import get_app_template_dirs

NO_GLYPH = "could not be displayed"


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """The template ``<template>.typ`` filled with ``data`` (anything JSON), read there as ``sys.inputs.data``.

    PDF/UA refuses signs without a glyph (a Chinese name, an emoji). Then the page is made with the machine's own fonts
    and without that claim: tagged all the same, and its text can still be read aloud and copied.
    """
    try:
        return _compile(template, data, ignore_system_fonts=True, pdf_standards="ua-1")  # alike everywhere
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
        return _compile(template, data, ignore_system_fonts=False)


def _compile(template: str, data: Mapping[str, Any], **options: Any) -> bytes:
    source = _source(f"{template}.typ")
    page: bytes = typst.compile(
        source,
        root=source.parent,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        **options,
    )
    return page


def _source(name: str) -> Path:
    """Where a template in typst lies: it is none of Django's, but lies among the templates of its app."""
    for folder in get_app_template_dirs("templates"):
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise TemplateDoesNotExist(name)
