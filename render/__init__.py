"""The whole environment as plain YAML, one file per object, without a cluster in reach.

Owns the throw-away stack that is rendered and the files that come of it. It does not own
what is declared: that is the program, run as it is.
"""
