"""PDF by typst: tagged, so that a screen reader can read it (PDF/UA-1).

What is printed comes in as data, never as source: nobody's words can act as markup.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst
from django.conf import settings


def render(template: str, data: Mapping[str, Any]) -> bytes:
    """``templates/<template>.typ`` filled with ``data`` (anything JSON), read there as ``sys.inputs.data``."""
    source = Path(settings.BASE_DIR) / "templates" / f"{template}.typ"
    return typst.compile(
        source,
        root=source.parent,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        format="pdf",
        ignore_system_fonts=True,  # the same page on every machine
        pdf_standards="ua-1",
    )
