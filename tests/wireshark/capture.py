"""Captures made by hand: a TCP conversation as a pcap file, cut into segments wherever a test likes.

Formats: https://www.ietf.org/archive/id/draft-gharris-opsawg-pcap-01.html; RFC 791 and RFC 9293 for the headers.
"""

import struct
from collections.abc import Iterable
from pathlib import Path

RAW_IP = 101  # the link type: packets begin with the IP header
CLIENT, SERVER = "10.0.0.1", "10.0.0.2"
CLIENT_PORT = 40_000
_SYN, _ACK, _PUSH = 0x02, 0x10, 0x08

Segment = tuple[bool, bytes]  # whether the client sent it, and its data


def write_capture(path: Path, port: int, segments: Iterable[Segment]) -> Path:
    """A conversation with the server's port, from the handshake on, one segment a packet."""
    packets = list(_conversation(port, segments))
    with path.open("wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65_535, RAW_IP))
        for number, packet in enumerate(packets):
            file.write(struct.pack("<IIII", 1_795_000_000, number, len(packet), len(packet)) + packet)
    return path


def _conversation(port: int, segments: Iterable[Segment]) -> Iterable[bytes]:
    sent = {True: 1_000, False: 9_000}  # the next sequence number of each side
    for from_client, flags in ((True, _SYN), (False, _SYN | _ACK)):
        yield _packet(from_client, port, sent[from_client], sent[not from_client], flags, b"")
        sent[from_client] += 1
    for from_client, data in segments:
        yield _packet(from_client, port, sent[from_client], sent[not from_client], _PUSH | _ACK, data)
        sent[from_client] += len(data)


def _packet(from_client: bool, port: int, seq: int, ack: int, flags: int, data: bytes) -> bytes:
    ports = (CLIENT_PORT, port) if from_client else (port, CLIENT_PORT)
    ends = (CLIENT, SERVER) if from_client else (SERVER, CLIENT)
    source, target = (bytes(map(int, end.split("."))) for end in ends)
    tcp = struct.pack("!HHIIBBHHH", *ports, seq, ack, 5 << 4, flags, 65_535, 0, 0) + data
    tcp = tcp[:16] + struct.pack("!H", _checksum(source + target + struct.pack("!HH", 6, len(tcp)) + tcp)) + tcp[18:]
    ip = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0, source, target)
    return ip[:10] + struct.pack("!H", _checksum(ip)) + ip[12:] + tcp


def _checksum(data: bytes) -> int:
    """RFC 1071."""
    total: int = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
