"""The rules of this project, checked on what a preview or a render declares.

Owns the rules, the reading of both, and the report. It does not own the config's rules
(`settings`), and it asks neither a cluster nor a service: every preview can be checked, a
fork's as well.
"""
