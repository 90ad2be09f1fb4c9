"""`python -m kapabla.cli`: the same command where the installed script is not on the path."""

from kapabla.cli import main

main()
