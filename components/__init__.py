"""The parts of the stack, one noun per file; ``__main__.py`` puts them together."""
