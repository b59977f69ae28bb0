"""`python -m ivr` is the same as `ivr`."""

from ivr.cli.main import main

main()
