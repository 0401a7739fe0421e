"""Remote write 1.0 requests made by hand: protobuf in a snappy block that compresses nothing, which
is as good a block as any. No library between the test and the bytes."""

import struct

from otlp_requests import field, varint

HEADERS = {'Content-Type': 'application/x-protobuf', 'Content-Encoding': 'snappy',
           'X-Prometheus-Remote-Write-Version': '0.1.0'}
LITERAL_BYTES = 1 << 16  # At most, of one with two bytes of length.


def snappy_block(data):
    """`data` as literals."""
    out = varint(len(data))
    for at in range(0, len(data), LITERAL_BYTES):
        literal = data[at:at + LITERAL_BYTES]
        out += bytes([61 << 2]) + struct.pack('<H', len(literal) - 1) + literal
    return out


def write_request(series):
    """The body of a request with [(labels, [(time in ms, value)])]; labels in ascending order."""
    body = b''
    for labels, samples in series:
        message = b''.join(field(1, field(1, name.encode()) + field(2, value.encode()))
                           for name, value in sorted(labels.items()))
        for time_ms, value in samples:
            message += field(2, bytes([1 << 3 | 1]) + struct.pack('<d', value) +
                             bytes([2 << 3]) + varint(time_ms))
        body += field(1, message)
    return snappy_block(body)
