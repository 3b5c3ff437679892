"""Ports: those that stay ours, and whose listener it is that answers on one."""

import os
import socket
import sys
import weakref

import psutil


class OwnPort:
    """A TCP port that nobody else gets by chance while this object lives.

    A number alone may be somebody's by the time a server listens there, at its first start or
    while it starts again: an outgoing connection's, or whoever's that asked for any free port.
    What keeps those away is a socket that is bound and never listens. Our servers bind beside it,
    for they reuse addresses as all servers do, and as long as none of them listens, connections
    are refused. Only Linux lets them; elsewhere the port is a free one and no more.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        """Port 0 is any that is free.

        Raises:
            OSError: this host is not ours, or somebody listens on the port.
        """
        kept = _bound(host, port)
        self.number: int = kept.getsockname()[1]
        if sys.platform == "linux":
            weakref.finalize(self, os.close, kept.detach())
        else:
            kept.close()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a listener could be opened on this port now."""
    try:
        _bound(host, port).close()
    except OSError:
        return False
    return True


def _bound(host: str, port: int) -> socket.socket:
    """A socket bound as the gateway binds its own."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family)
    try:
        # As servers do it, so that a connection in TIME_WAIT does not make the port look taken.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family is socket.AF_INET6:
            bound.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, host != "::")
        bound.bind((host, port))
    except OSError:
        bound.close()
        raise
    return bound


def listens(pid: int, port: int) -> bool:
    """Whether the process `pid`, or one of its children, is who listens on `port`.

    "Something answers" may be a stranger's server, so a launcher asks this before it trusts one.
    """
    try:
        process = psutil.Process(pid)
        family = [process, *process.children(recursive=True)]
        return any(
            connection.status == psutil.CONN_LISTEN and connection.laddr.port == port
            for member in family
            for connection in member.net_connections(kind="tcp")
        )
    except psutil.NoSuchProcess:
        return False
