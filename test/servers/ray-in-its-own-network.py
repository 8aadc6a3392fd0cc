"""Ray's head in a network namespace where only the loopback exists: its gRPC servers listen on every address.

    ray-in-its-own-network.py SOCKET RAY ARGUMENT…

Runs under `unshare --net --pid --fork --mount-proc --kill-child`: whoever ends that ends all of Ray. SOCKET is a Unix
socket through which the dashboard can be reached from outside.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading

SIOCSIFFLAGS = 0x8914
UP_LOOPBACK_RUNNING = 0x1 | 0x8 | 0x40
DASHBOARD = ("127.0.0.1", 8265)


def bring_loopback_up() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SIOCSIFFLAGS, struct.pack("16sH14x", b"lo", UP_LOOPBACK_RUNNING))


def pump(source: socket.socket, target: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        for end in (source, target):
            end.close()


def relay(path: str) -> None:
    server = socket.socket(socket.AF_UNIX)
    server.bind(path)
    server.listen()
    while True:
        outside, _ = server.accept()
        try:
            inside = socket.create_connection(DASHBOARD)
        except OSError:
            outside.close()
            continue
        for pair in ((outside, inside), (inside, outside)):
            threading.Thread(target=pump, args=pair, daemon=True).start()


def main() -> int:
    path, *command = sys.argv[1:]
    bring_loopback_up()
    threading.Thread(target=relay, args=(path,), daemon=True).start()
    return subprocess.call(command, env=os.environ)


if __name__ == "__main__":
    sys.exit(main())
