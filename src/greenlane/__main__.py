"""python -m greenlane."""

from greenlane.cli.main import main

main()
