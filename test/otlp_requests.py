"""Small OTLP requests, as JSON and as protobuf bytes, made by hand: no library between the test and
the bytes."""

import os
import struct
import time


def span(name, trace_id=None, span_id=None, attributes=None, duration_s=0.01):
    """A span of OTLP/JSON that ends now."""
    end = time.time_ns()
    return {'traceId': trace_id or os.urandom(16).hex(), 'spanId': span_id or os.urandom(8).hex(),
            'name': name, 'kind': 2, 'startTimeUnixNano': str(end - int(duration_s * 1e9)),
            'endTimeUnixNano': str(end),
            'attributes': [{'key': key, 'value': {'stringValue': text}}
                           for key, text in (attributes or {}).items()]}


def trace_request(spans, service='test'):
    """An ExportTraceServiceRequest of OTLP/JSON."""
    resource = {'attributes': [{'key': 'service.name', 'value': {'stringValue': service}}]}
    return {'resourceSpans': [{'resource': resource,
                               'scopeSpans': [{'scope': {'name': 'test'}, 'spans': spans}]}]}


def gauge_request(name, points):
    """An ExportMetricsServiceRequest of OTLP/JSON: one gauge with points (attributes, time_ns, value)."""
    data_points = [{'timeUnixNano': str(time_ns), 'asDouble': value,
                    'attributes': [{'key': key, 'value': {'stringValue': text}}
                                   for key, text in attributes.items()]}
                   for attributes, time_ns, value in points]
    return {'resourceMetrics': [{'resource': {}, 'scopeMetrics': [
        {'scope': {}, 'metrics': [{'name': name, 'gauge': {'dataPoints': data_points}}]}]}]}


def varint(number):
    out = b''
    while number > 127:
        out += bytes([number & 127 | 128])
        number >>= 7
    return out + bytes([number])


def field(number, payload):
    """A length-delimited protobuf field."""
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def span_bytes(name, trace_id, span_id):
    end = time.time_ns()
    return (field(1, trace_id) + field(2, span_id) + field(5, name.encode()) +
            varint(7 << 3 | 1) + struct.pack('<Q', end - 10_000_000) +
            varint(8 << 3 | 1) + struct.pack('<Q', end))


def trace_request_bytes(spans):
    """An ExportTraceServiceRequest in protobuf, of spans from span_bytes()."""
    return field(1, field(2, b''.join(field(2, one) for one in spans)))
