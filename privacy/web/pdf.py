"""PDF by typst: tagged, so that a screen reader can read it (PDF/UA-1).

Content is passed as data, never as source: no text can act as markup.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.template import TemplateDoesNotExist
from django.template.utils import get_app_template_dirs

NO_GLYPH = "could not be displayed"


def render(template: str, data: Mapping[str, object]) -> bytes:
    """The template ``<template>.typ`` filled with ``data`` (anything JSON), which it reads as ``sys.inputs.data``.

    PDF/UA refuses characters for which our fonts have no glyph (a Chinese name, an emoji). Then the page is made with
    the machine's own fonts and without that claim: tagged all the same, its text can be read aloud and copied.
    """
    try:
        return _compile(
            template, data, ignore_system_fonts=True, pdf_standards="ua-1"
        )  # the same on every machine
    except typst.TypstError as error:
        if NO_GLYPH not in str(error):
            raise
        return _compile(template, data, ignore_system_fonts=False)


def _compile(template: str, data: Mapping[str, object], **options: Any) -> bytes:
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
    """Django does not load typst templates, but they lie in the ``templates`` folder of their app."""
    for folder in get_app_template_dirs("templates"):
        if (Path(folder) / name).is_file():
            return Path(folder) / name
    raise TemplateDoesNotExist(name)
