"""Environments that come and go: made for a pull request, listed, swept past their time, destroyed.

Owns a stack's life around ``pulumi up``: the name it may have, how long it may live, how it
goes away, and what a killed run leaves behind. It does not own what a stack is made of, and it
needs no cloud account but the ones that ``pulumi`` itself uses.

When an environment was made, how long it may live and whose it is stands in the stack's tags.
A sweep on another machine reads them from the backend; they are there before the first ``up``,
so an environment whose first ``up`` failed is swept too (a stack output would not be there
yet, and the config of a pull request's stack is a file on the machine that made it).
"""
