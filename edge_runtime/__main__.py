"""`python -m edge_runtime` is `tintlite`."""

import sys

from edge_runtime.cli import main

sys.exit(main())
