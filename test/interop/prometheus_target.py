"""A scrape target that speaks Prometheus' protobuf exposition, the only way to hand Prometheus a
native histogram. The bytes are made by hand: no library between the test and the wire."""

import http.server
import struct
import threading


def varint(number):
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes(out + bytes([number]))


def zigzag(number):
    return varint(number * 2 if number >= 0 else -number * 2 - 1)


def field_bytes(number, data):
    data = data.encode() if isinstance(data, str) else data
    return varint(number << 3 | 2) + varint(len(data)) + data


def field_double(number, value):
    return varint(number << 3 | 1) + struct.pack('<d', value)


def field_varint(number, data):
    return varint(number << 3) + data


def family(name, help_text, kind, metric):
    """A MetricFamily with one Metric, length-delimited. kind: 0 counter, 1 gauge, 4 histogram."""
    message = (field_bytes(1, name) + field_bytes(2, help_text) + field_varint(3, varint(kind)) +
               field_bytes(4, metric))
    return varint(len(message)) + message


def label(name, value):
    return field_bytes(1, field_bytes(1, name) + field_bytes(2, value))


def counter(value, trace_id):
    exemplar = label('trace_id', trace_id) + field_double(2, value / 2)
    return field_bytes(3, field_double(1, value) + field_bytes(2, exemplar))


def gauge(value):
    return field_bytes(2, field_double(1, value))


def native_histogram(count):
    """`count` observations in each of the buckets 2 and 3 of schema 0, and one of zero."""
    return field_bytes(7, field_varint(1, varint(2 * count + 1)) + field_double(2, 1.5 * count) +
                       field_varint(5, zigzag(0)) + field_double(6, 0.001) +
                       field_varint(7, varint(1)) +
                       field_bytes(12, field_varint(1, zigzag(2)) + field_varint(2, varint(2))) +
                       field_bytes(13, zigzag(count) + zigzag(0)))


class Target:
    """Serves /metrics with a counter, a gauge and a native histogram that grow with each scrape."""

    def __init__(self):
        target = self
        self.scrapes = 0

        class Page(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                body = target.page()
                self.send_response(200)
                self.send_header('Content-Type', 'application/vnd.google.protobuf; '
                                 'proto=io.prometheus.client.MetricFamily; encoding=delimited')
                self.send_header('Content-Length', str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Page)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def page(self):
        self.scrapes += 1
        number = self.scrapes
        return (family('pushed_requests_total', 'Requests so far.', 0,
                       label('path', '/a') + counter(number, f'{number:032x}')) +
                family('pushed_temperature', 'It is warm.', 1, gauge(20.5 - number / 4)) +
                family('pushed_latency_seconds', 'How long.', 4, native_histogram(number)))

    def close(self):
        self._server.shutdown()
        self._server.server_close()
