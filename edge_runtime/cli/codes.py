"""The exit codes of `tintlite`; those over 128 are 128 plus the signal's number, as in shells."""

OK = 0
FAILED = 1
USAGE = 2
DAMAGED = 3  # all was done, but a film was cut off or partly unreadable
INTERRUPTED = 130
TERMINATED = 143
