"""The WebSocket of a stream: the carrier's end of it, opened with a signed handshake.

Source: twilio.com/docs/usage/security (the signature over the address), twilio.com/docs/api/errors/31901, 31902, 31920.
"""

import socket
from collections.abc import Iterable
from contextlib import ExitStack, suppress

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import connect

from ivr.simulator.problems import STREAM_HANDSHAKE, STREAM_REFUSED, STREAM_TIME_OUT, UnusableError

CONNECT_WITHIN_SECONDS = 5
NORMAL_CLOSURE, ABNORMAL_CLOSURE = 1000, 1006


class Wire:
    """An open socket. Opening raises `UnusableError` with the carrier's code for what went wrong."""

    def __init__(self, address: str, signature: str) -> None:
        self._open = ExitStack()
        try:
            self._socket = self._open.enter_context(
                connect(
                    address,
                    additional_headers={"X-Twilio-Signature": signature},
                    user_agent_header="Twilio.TmeWs/1.0",
                    open_timeout=CONNECT_WITHIN_SECONDS,
                    close_timeout=1,
                    ping_interval=None,
                    compression=None,
                    proxy=None,  # a proxy of the machine has no business between two loopback ports
                )
            )
        except TimeoutError as error:
            raise UnusableError(STREAM_TIME_OUT, f"no answer within {CONNECT_WITHIN_SECONDS} s", address) from error
        except InvalidHandshake as error:
            raise UnusableError(STREAM_HANDSHAKE, str(error), address) from error
        except OSError as error:
            raise UnusableError(STREAM_REFUSED, f"refused: {type(error).__name__}", address) from error

    def send(self, messages: Iterable[str]) -> int:
        """0, or the code with which the other side has closed the socket."""
        try:
            for message in messages:
                self._socket.send(message)
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else ABNORMAL_CLOSURE
        return 0

    def close(self) -> None:
        self._open.close()

    def drop(self) -> None:
        """Lose the connection, as a cut cable does."""
        with suppress(OSError):  # the other side was quicker
            self._socket.socket.shutdown(socket.SHUT_RDWR)
