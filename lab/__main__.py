"""`python -m lab`: a one-node Kubernetes on this machine, up and down."""

from lab.cli import main

main()
