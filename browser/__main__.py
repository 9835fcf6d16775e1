"""`python -m browser`: build the static page."""

from browser.build import main

main()
