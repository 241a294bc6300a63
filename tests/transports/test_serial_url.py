from __future__ import annotations

import socket

import pytest

from edgekit.errors import DeviceError, ExitCode
from edgekit.transports import open_link


@pytest.mark.parametrize("name", ["/dev/ttyNOTHERE", "socket://127.0.0.1:1", "what://x", ""])
def test_what_is_not_there(name: str) -> None:
    with pytest.raises(DeviceError, match="can't open the port") as caught:
        open_link(name, 115200)
    assert caught.value.exit_code is ExitCode.DEVICE
    assert "edgekit ports" in caught.value.hint


def test_a_socket_carries_bytes() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        line = open_link(f"socket://127.0.0.1:{server.getsockname()[1]}", 9600)
        peer, _ = server.accept()
        with peer:
            line.write(b"ping")
            assert peer.recv(4) == b"ping"
            peer.sendall(b"pong")
            line.timeout = 2.0
            assert line.read(4) == b"pong"
            line.close()
            peer.settimeout(2.0)
            assert peer.recv(1) == b"", "the other side sees the end"
        line.close()  # once more does no harm
