"""Certificates that a test's own authority signs, and a client over TLS that can close one direction only."""

import asyncio
import socket
import ssl
from pathlib import Path

import trustme

from roomful.gateways.tls import TlsLayer

PATIENCE = 10.0  # s: a safety net, not a measure


class Authority:
    """Whoever vouches for the servers of a test."""

    def __init__(self) -> None:
        self._ca = trustme.CA()

    def server(self, *names: str) -> ssl.SSLContext:
        """What a server of these names shows."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._ca.issue_cert(*(names or ("127.0.0.1",))).configure_cert(context)
        return context

    def client(self) -> ssl.SSLContext:
        """What a client that trusts the authority connects with."""
        context = ssl.create_default_context()
        self._ca.configure_trust(context)
        return context

    def files(self, folder: Path, *names: str) -> tuple[Path, Path]:
        """A new certificate, and its key, as files."""
        issued = self._ca.issue_cert(*(names or ("127.0.0.1",)))
        certificate, key = folder / "cert.pem", folder / "key.pem"
        issued.cert_chain_pems[0].write_to_path(certificate)
        issued.private_key_pem.write_to_path(key)
        key.chmod(0o600)
        return certificate, key


class ClientLayer(TlsLayer):
    """The other end of the server's layer: asyncio's own cannot close one direction only."""

    def __init__(self, context: ssl.SSLContext, connection: asyncio.Protocol) -> None:
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        super().__init__(context, connection, lambda _: self.ready.set_result(None), server_side=False)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._shake_hands()
        self._flush()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.ready.done():
            self.ready.set_exception(exc or ConnectionResetError("closed in the handshake"))


async def deaf_socket(host: str, port: int) -> socket.socket:
    """A connected socket that takes next to nothing unless it is read."""
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.setblocking(False)
    await asyncio.get_running_loop().sock_connect(sock, (host, port))
    return sock


async def connect(host: str, port: int, *, deaf: bool = False) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection over TLS, to whoever answers."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=4096 if deaf else 2**16)
    protocol = asyncio.StreamReaderProtocol(reader)
    if deaf:
        sock = await deaf_socket(host, port)
        _, layer = await loop.create_connection(lambda: ClientLayer(context, protocol), sock=sock)
    else:
        _, layer = await loop.create_connection(lambda: ClientLayer(context, protocol), host, port)
    async with asyncio.timeout(PATIENCE):
        await layer.ready
    return reader, asyncio.StreamWriter(layer, protocol, reader, loop)  # type: ignore[arg-type]  # as good as a transport
