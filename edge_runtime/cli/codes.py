"""The exit codes of `tintlite`; those over 128 are 128 plus the signal's number, as in shells."""

OK = 0
FAILED = 1
USAGE = 2
DAMAGED = 3  # all was done, but a picture or film was damaged
HUNG_UP = 129
INTERRUPTED = 130
TERMINATED = 143
