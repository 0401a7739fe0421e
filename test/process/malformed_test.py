#!/usr/bin/env python3
"""Bad input is normal input: refused with a reason, counted, and the program goes on serving."""

import gzip
import http.server
import json
import os
import pathlib
import socket
import sys
import threading
import unittest
import zlib

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, scrape_config, wait_for  # noqa: E402
from otlp_requests import field, span, span_bytes, trace_request, trace_request_bytes  # noqa: E402

PROTOBUF = 'application/x-protobuf'


def gzip_bomb(size):
    """A gzip stream of `size` zero bytes, made without holding them."""
    pack = zlib.compressobj(9, zlib.DEFLATED, 31)
    block = bytes(1 << 20)
    return b''.join(pack.compress(block) for _ in range(size >> 20)) + pack.flush()


def peak_memory_bytes(pid):
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmHWM:'):
            return int(line.split()[1]) * 1024
    raise AssertionError(f'no VmHWM of {pid}')


class MalformedTest(unittest.TestCase):
    def setUp(self):
        self.glint = Glint()
        self.glint.start()
        self.addCleanup(self.glint.__exit__, None, None, None)

    def assert_refused(self, body, statuses=(400,), content_type=PROTOBUF, headers=None,
                       path='/v1/traces', reason=None):
        status, _, answer = self.glint.push(path, body, content_type, headers)
        self.assertIn(status, statuses, answer)
        self.assertTrue(answer.strip(), 'a refusal gives its reason')
        if reason:
            self.assertIn(reason, answer.decode(errors='replace'))
        self.assert_alive()

    def assert_alive(self):
        """It is the same process, and it still stores a trace."""
        self.assertIsNone(self.glint.process.poll())
        sent = span('still here')
        self.assertEqual(self.glint.push('/v1/traces', trace_request([sent]))[0], 200)
        self.assertEqual(len(self.glint.trace_spans(sent['traceId'])), 1)

    def test_garbage_and_truncated_protobuf(self):
        whole = trace_request_bytes([span_bytes('cut', os.urandom(16), os.urandom(8))])
        for path in ('/v1/traces', '/v1/metrics'):
            self.assert_refused(b'\xff' * 64, path=path)
            self.assert_refused(os.urandom(8) + b'\xff' * 16, path=path)
        for length in range(1, len(whole) - 1, 7):
            self.assert_refused(whole[:length])

    def test_broken_json_says_where(self):
        for text in (b'{', b'[1,2', b'{"resourceSpans": [}', b'nonsense', b'{"resourceSpans": 7}'):
            self.assert_refused(text, content_type='application/json')

    def test_refusals_are_counted(self):
        before = self.glint.metric('refused')
        self.assert_refused(b'\xff' * 64)
        self.assertGreater(self.glint.metric('refused'), before)

    def test_the_neighbours_of_a_bad_span_are_kept(self):
        good = span('good')
        for bad in (span('no trace', trace_id='0' * 32), span('short id', span_id='abcd')):
            status, _, answer = self.glint.push('/v1/traces', trace_request([bad, good]))
            if status == 200:
                partial = json.loads(answer)['partialSuccess']
                self.assertEqual(int(partial['rejectedSpans']), 1)
                self.assertTrue(partial['errorMessage'])
                self.assertTrue(self.glint.trace_spans(good['traceId']))
            else:  # An id that is no hex of its length makes the request itself undecodable.
                self.assertEqual((status, bad['name']), (400, 'short id'))

    def test_compressed_bodies(self):
        sent = span('packed')
        packed = gzip.compress(json.dumps(trace_request([sent])).encode())
        zipped = {'Content-Encoding': 'gzip'}
        self.assertEqual(self.glint.push('/v1/traces', packed, headers=zipped)[0], 200)
        self.assertTrue(self.glint.trace_spans(sent['traceId']))
        self.assert_refused(packed[:-9], headers=zipped, content_type='application/json')
        self.assert_refused(b'not gzip at all', headers=zipped, content_type='application/json')
        self.assert_refused(packed, (400, 415), headers={'Content-Encoding': 'rot13'},
                            content_type='application/json', reason='rot13')

    def test_a_bomb_does_not_cost_its_size(self):
        bomb = gzip_bomb(1 << 30)
        self.assertLess(len(bomb), 2 << 20)
        before = peak_memory_bytes(self.glint.process.pid)
        for content_type in (PROTOBUF, 'application/json'):
            self.assert_refused(bomb, (400, 413), headers={'Content-Encoding': 'gzip'},
                                content_type=content_type)
        self.assertLess(peak_memory_bytes(self.glint.process.pid) - before, 256 << 20)

    def test_depth_is_bounded(self):
        deep_json = ('{"resourceSpans":[{"resource":{"attributes":[{"key":"a","value":'
                     + '{"arrayValue":{"values":[' * 20000)
        self.assert_refused(deep_json.encode(), content_type='application/json')
        value = field(1, b'x')
        for _ in range(20000):
            value = field(5, field(1, value))  # AnyValue.array_value.values
        attribute = field(1, b'a') + field(2, value)
        # 400 and not 503: it would be sent again and again.
        self.assert_refused(field(1, field(1, field(1, attribute))), reason='nested')

    def test_methods_types_and_paths(self):
        self.assertEqual(self.glint.push('/v1/traces', None, method='GET')[0], 405)
        self.assert_refused(b'x', (415,), content_type='text/plain')
        self.assertEqual(self.glint.push('/v1/nothing', b'{}')[0], 404)

    def test_bytes_that_are_no_http(self):
        for part in ('listen', 'otlp_http', 'otlp_grpc'):
            host, port = self.glint.ports[part].rsplit(':', 1)
            for noise in (b'\x16\x03\x01' + os.urandom(200), b'GET / HTTP/9.9\r\n\r\n',
                          b'POST /v1/traces HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n',
                          b'GET /' + b'a' * 200_000 + b' HTTP/1.1\r\n\r\n',
                          b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n' + os.urandom(300)):
                with socket.create_connection((host, int(port)), timeout=10) as connection:
                    try:
                        connection.sendall(noise)
                        connection.shutdown(socket.SHUT_WR)
                        while connection.recv(65536):
                            pass
                    except OSError:
                        pass  # Reset instead of an answer: as good.
        self.assert_alive()

    def test_bad_queries_are_refused_with_a_reason(self):
        for parameters in ({'query': 'sum(('}, {'query': 'up', 'time': 'yesterday'}, {}):
            status, _, body = self.glint.get('/api/v1/query', **parameters)
            self.assertEqual(status, 400, body)
            answer = json.loads(body)
            self.assertEqual((answer['status'], answer['errorType']), ('error', 'bad_data'))
            self.assertTrue(answer['error'])
        self.assertEqual(self.glint.get('/api/traces/nothex')[0], 400)
        self.assertEqual(self.glint.get('/api/traces/' + '1' * 32)[0], 404)


class BadTargetTest(unittest.TestCase):
    """A target that answers nonsense is down; the one beside it is up."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            body = b'good_metric 1\n' if self.path == '/metrics' and self.server.good else b'{"a": 1'
            self.send_response(200)
            self.send_header('Content-Type', 'text/plain; version=0.0.4')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    def serve(self, good):
        server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), self.Handler)
        server.good = good
        threading.Thread(target=server.serve_forever, daemon=True).start()
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        return f'127.0.0.1:{server.server_address[1]}'

    def test_nonsense_is_down_and_its_neighbour_up(self):
        config = scrape_config({'bad': self.serve(False), 'good': self.serve(True),
                                'nobody': '127.0.0.1:1'})
        with Glint(config=config) as glint:
            wait_for('the good one is up', lambda: glint.value('up{job="good"}') == 1)
            wait_for('the bad one is down', lambda: glint.value('up{job="bad"}') == 0)
            wait_for('nobody is down', lambda: glint.value('up{job="nobody"}') == 0)
            self.assertEqual(glint.value('good_metric'), 1)


if __name__ == '__main__':
    unittest.main()
