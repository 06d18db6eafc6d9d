"""`python -m amiss.cli`."""

from amiss.cli.supervisor import main

main()
