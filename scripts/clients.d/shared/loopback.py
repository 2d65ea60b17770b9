"""A network of its own for a command: nothing but loopback."""

import fcntl
import socket
import struct


def command(*arguments):
    """The command, in a network without other machines. What it has started ends with it, and what it has mounted goes."""
    namespaces = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return ["unshare", *namespaces, *map(str, arguments)]


def turn_on():
    """Turns loopback on, which is off in a new network."""
    set_flags, up, running = 0x8914, 0x1, 0x40  # SIOCSIFFLAGS, IFF_UP, IFF_RUNNING: netdevice(7)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, set_flags, struct.pack("16sh14x", b"lo", up | running))
