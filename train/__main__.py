"""The workshop's commands: `python -m train prepare | fit | evaluate | compare | speed`."""

from train.cli import main

if __name__ == "__main__":
    main()
