#!/usr/bin/env python3
"""Pulumi's Python language host, for where the released one cannot be had.

The SDK carries the server that the automation API uses for inline programs; this runs
it for a program in a folder. The engine starts it, reads the port it prints, and ends
it with SIGINT. With an engine that was killed it ends too, and ends the providers that this
one left behind. Run by the Python that comes first on the PATH, so activate the project's
virtual environment.
"""

import contextlib
import gc
import os
import runpy
import select
import signal
import sys
import threading
from concurrent import futures
from pathlib import Path

import grpc
import pulumi
from pulumi.automation._server import LanguageServer
from pulumi.runtime import resource
from pulumi.runtime.proto import language_pb2, language_pb2_grpc, source_pb2

# A process of seconds, which keeps nearly all it allocates: there is nothing for the collector to find.
gc.disable()
# Each debug message is a call to the engine that the program waits for: 300 of them, which nobody reads.
pulumi.log.debug = lambda *_args, **_named: None
# The frames below a resource's own are mostly the runtime's, and a tenth of the state that is saved at every step.
_stack_trace = resource._get_stack_trace
resource._get_stack_trace = lambda: source_pb2.StackTrace(frames=_stack_trace().frames[:1])


class _FolderServer(LanguageServer):
    """Serves the program of the folder that the engine names in its request."""

    def __init__(self, engine_address: str) -> None:
        super().__init__(lambda: None)
        self._engine_address = engine_address

    def Run(self, request, context):  # noqa: N802 - gRPC's name
        folder = request.info.program_directory or request.pwd or "."
        entry = Path(folder) / (request.info.entry_point or ".")
        sys.path.insert(0, str(entry))
        self.program = lambda: runpy.run_path(str(entry), run_name="__main__") and None
        request.args.insert(0, self._engine_address)
        response = super().Run(request, context)
        if response.error:
            # It is logged already; as an error of the response it would be shown once more.
            return language_pb2.RunResponse(bail=True)
        return response


def _end_with_the_engine(address: str) -> None:
    """End, be it in the middle of a program, when nobody is left to read what it prints."""
    pipe = select.poll()
    # Not the parent's death signal: that is sent at the end of the parent's thread too, and Go's come and go.
    pipe.register(sys.stdout, 0)
    pipe.poll()
    for provider in _providers(address):
        with contextlib.suppress(ProcessLookupError):
            os.kill(provider, signal.SIGTERM)
    os._exit(1)


def _providers(address: str) -> list[int]:
    """Return the providers of the engine at an address, which is their last argument as it is the host's."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            command = (process / "cmdline").read_text(errors="replace").rstrip("\0").split("\0")
            if Path(command[0]).name.startswith("pulumi-resource-") and command[-1] == address:
                found.append(int(process.name))
    return found


def main() -> None:
    ended = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: ended.set())
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=4), options=[("grpc.max_receive_message_length", -1)])
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(_FolderServer(sys.argv[-1]), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    threading.Thread(target=_end_with_the_engine, args=(sys.argv[-1],), daemon=True).start()
    ended.wait()
    server.stop(0)


main()
