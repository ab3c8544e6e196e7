"""The item of choices alone.

python -m benchmarks.choices
"""

import sys

from benchmarks.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["choices", *sys.argv[1:]]))
