"""Whether an address can be listened on, tried before anything else is started."""

import errno
import socket

import click

_LAST = 65535
PORT = click.IntRange(1, _LAST)


def must_be_free(host: str, port: int, option: str) -> None:
    """Raises `click.UsageError` with the reason; `option` is the command whose option names the port."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            # As the web server does: connections of a server that has just ended do not hold the port.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            another = port + 1 if port < _LAST else port - 1
            raise click.UsageError(f"Port {port} is in use. Choose another one: {option} {another}") from None
        reason = error.strerror or type(error).__name__
        raise click.UsageError(f"{host}:{port} cannot be listened on: {reason}.") from None
