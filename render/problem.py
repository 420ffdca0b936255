"""Why there is no render."""


class RenderError(Exception):
    """Nothing was written. The text says why, and how to mend it."""
