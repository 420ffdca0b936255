"""What makes the unit tests quick, and changes nothing that they claim."""

import gc
import os

# Imports make a million objects that live to the end, and each collection would look at all of them again.
gc.disable()

# Tests reach nothing but this machine, and every TLS client would read all the public authorities first.
os.environ["SSL_CERT_FILE"] = os.devnull


def pytest_collection_finish() -> None:
    gc.freeze()
    gc.enable()
