#!/usr/bin/env python3
"""What real programs expose comes back bit by bit: Debian's node exporter and glint's own /metrics
are scraped through a proxy that records each answer, and what the API says is compared with that,
from memory and, after a restart, from parts."""

import http.server
import math
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import threading
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, ROOT, free_port, request, wait_for  # noqa: E402

SCRAPES = 8
CONFIG = '''
global: {{scrape_interval: 300ms}}
scrape_configs:
  - job_name: node
    static_configs: [{{targets: ["127.0.0.1:{node}"]}}]
  - job_name: own
    static_configs: [{{targets: ["127.0.0.1:{own}"]}}]
'''
ADDED = re.compile('up$|scrape_')  # Series that a scrape adds.
SAMPLE = re.compile(r'(?P<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?P<labels>\{.*?"\s*,?\}|\{\})? +(?P<value>\S+)'
                    r'(?: # (?P<exemplar>\{.*?\}) (?P<seen>\S+) (?P<time>\S+))?$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
ESCAPES = {'\\\\': '\\', '\\"': '"', '\\n': '\n'}


class NodeExporter:
    def __init__(self):
        unpacked = ROOT / 'build/peers/prometheus-node-exporter/usr/bin/prometheus-node-exporter'
        binary = shutil.which('prometheus-node-exporter') or (
            str(unpacked) if unpacked.exists() else None)
        if not binary:
            raise AssertionError('prometheus-node-exporter is missing: tools/setup/install unpack '
                                 'brings it')
        port = free_port()
        self.url = f'http://127.0.0.1:{port}/metrics'
        self.process = subprocess.Popen(
            [binary, f'--web.listen-address=127.0.0.1:{port}'], stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for('the node exporter answers', self.answers, alive=self.process)

    def answers(self):
        try:
            return request(self.url)[0] == 200
        except OSError:
            return False

    def end(self):
        self.process.terminate()
        self.process.wait()


class Recorder(http.server.ThreadingHTTPServer):
    """Passes on what `upstream` says, remembers it, and after SCRAPES answers has no more."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Recorder.Handler)
        self.upstream = None
        self.bodies = []
        self.types = set()
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # Whoever scraped went away.

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            if self.server.upstream is None or len(self.server.bodies) >= SCRAPES:
                self.send_error(503)
                return
            status, headers, body = request(self.server.upstream,
                                            headers={'Accept': self.headers['Accept']})
            self.server.types.add(headers['Content-Type'].split(';')[0])
            self.server.bodies.append(body.decode())
            self.send_response(status)
            self.send_header('Content-Type', headers['Content-Type'])
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass


def bits(text):
    """A double as what it is; of NaN there is one, since text has no other."""
    value = float(text)
    return 'NaN' if math.isnan(value) else struct.pack('>d', value).hex()


def labels_of(text):
    """As stored: bounds are spelled as OpenMetrics has them, as Prometheus 3 does."""
    labels = {name: re.sub(r'\\[\\"n]', lambda found: ESCAPES[found.group()], value)
              for name, value in LABEL.findall(text or '')}
    return {name: value + '.0' if name in ('le', 'quantile') and value.isdigit() else value
            for name, value in labels.items()}


def exposed(body, job, port):
    """{series: bits} and {(series, exemplar)} of one answer."""
    values, exemplars = {}, set()
    target = {'job': job, 'instance': f'127.0.0.1:{port}'}
    for line in body.splitlines():
        if not line or line.startswith('#'):
            continue
        found = SAMPLE.match(line)
        if not found:
            raise AssertionError(f'the test does not understand: {line}')
        own = {('exported_' + name if name in target else name): value
               for name, value in labels_of(found['labels']).items() if value}
        series = frozenset({**own, **target, '__name__': found['name']}.items())
        if series in values:
            raise AssertionError(f'twice: {line}')
        values[series] = bits(found['value'])
        if found['exemplar']:
            exemplars.add((series, frozenset(labels_of(found['exemplar']).items()),
                           bits(found['seen']), round(float(found['time']) * 1000)))
    return values, exemplars


class RealExpositionTest(unittest.TestCase):
    def test_comes_back_bit_by_bit(self):
        node = NodeExporter()
        self.addCleanup(node.end)
        recorders = {'node': Recorder(), 'own': Recorder()}
        for recorder in recorders.values():
            self.addCleanup(recorder.server_close)
            self.addCleanup(recorder.shutdown)
        config = CONFIG.format(node=recorders['node'].port, own=recorders['own'].port)
        with Glint(config=config) as glint:
            recorders['own'].upstream = glint.url('/metrics')
            recorders['node'].upstream = node.url
            for job, recorder in recorders.items():
                wait_for(f'{job} is scraped {SCRAPES} times',
                         lambda: len(recorder.bodies) == SCRAPES and
                         glint.value(f'up{{job="{job}"}}') == 0)
                self.assertLessEqual(recorder.types,
                                     {'text/plain', 'application/openmetrics-text'})
            for job, recorder in recorders.items():
                self.assert_same(glint, job, recorder)
            self.assertEqual(glint.metric('glint_metric_part_samples'), 0)
            self.assertEqual(glint.stop(), 0)
            glint.restart()
            self.assertEqual(glint.metric('glint_metric_replayed_samples'), 0)
            self.assertGreater(glint.metric('glint_metric_part_samples'), 1000)
            for job, recorder in recorders.items():
                self.assert_same(glint, job, recorder)

    def assert_same(self, glint, job, recorder):
        up = glint.query(f'up{{job="{job}"}}[5m]')[0][1]
        times = [when for when, value in up if value == '1']
        self.assertEqual(len(times), SCRAPES, up)
        wanted, wanted_exemplars = {}, set()
        for when, body in zip(times, recorder.bodies):
            values, exemplars = exposed(body, job, recorder.port)
            self.assertGreater(len(values), 50)
            for series, value in values.items():
                wanted.setdefault(series, {})[when] = value
            wanted_exemplars |= exemplars
            self.assert_equal(self.stored(glint, job, when), wanted)
        # A time that is none of a scrape.
        self.assert_equal(self.stored(glint, job, times[-1] + 1), wanted)
        have = {(frozenset(series.items()), frozenset(exemplar['labels'].items()),
                 bits(exemplar['value']), round(float(exemplar['timestamp']) * 1000))
                for series, exemplar in glint.exemplars(f'{{job="{job}"}}')}
        self.assertEqual(have, wanted_exemplars)

    def assert_equal(self, have, wanted):
        wrong = [(sorted(series), have.get(series), wanted.get(series))
                 for series in {*have, *wanted} if have.get(series) != wanted.get(series)]
        self.assertEqual(wrong[:3], [], f'{len(wrong)} series differ: series, stored, exposed')

    @staticmethod
    def stored(glint, job, when):
        return {frozenset(labels.items()): {time: bits(value) for time, value in values}
                for labels, values in glint.query(f'{{job="{job}"}}[5m]', time=when)
                if not ADDED.match(labels['__name__'])}


if __name__ == '__main__':
    unittest.main()
