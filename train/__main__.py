"""The workshop's commands: `python -m train prepare | fit | evaluate`."""

import sys

from train.cli import main

if __name__ == "__main__":
    sys.exit(main())
