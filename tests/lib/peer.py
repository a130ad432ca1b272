# Copyright (c) 2026 dovecot-imap2 authors, MIT license: see LICENSE
"""Servers that do as they are told, for what no real one can be made to do."""

import select
import socket
import threading


class Expect:
    """A step of a script: these octets must come."""

    def __init__(self, octets):
        self.octets = octets


class Quiet:
    """A step of a script: nothing comes for a moment."""


class Hold:
    """A step of a script: keep silent until the other side closes."""


class ScriptedServer:
    """Plays a script on each connection, the last one again and again. The
    steps: octets to send, Expect, Quiet and Hold. Then it closes."""

    def __init__(self, *scripts):
        self.scripts = scripts
        self.connections = 0
        self.error = None
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            script = self.scripts[min(self.connections,
                                      len(self.scripts) - 1)]
            self.connections += 1
            try:
                with connection:
                    connection.settimeout(30)
                    for step in script:
                        self.play(connection, step)
            except Exception as error:
                self.error = error

    @staticmethod
    def play(connection, step):
        if isinstance(step, bytes):
            connection.sendall(step)
        elif isinstance(step, Quiet):
            came, _, _ = select.select([connection], [], [], 0.3)
            assert not came, connection.recv(65536)
        elif isinstance(step, Hold):
            try:
                while connection.recv(65536):
                    pass
            except ConnectionResetError:
                pass
        else:
            got = b""
            while len(got) < len(step.octets):
                octets = connection.recv(len(step.octets) - len(got))
                if not octets:
                    break
                got += octets
            assert got == step.octets, got

    def finish(self):
        """Returns the number of connections that came."""
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(60)
        assert not self.thread.is_alive()
        if self.error is not None:
            raise self.error
        return self.connections
