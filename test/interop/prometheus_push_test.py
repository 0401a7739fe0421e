#!/usr/bin/env python3
"""A real Prometheus scrapes a target and passes all of it on to glint by remote write: afterwards
both answer alike, samples, native histograms, exemplars, staleness and metadata."""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, ROOT, free_port, request, wait_for  # noqa: E402
from prometheus_target import Target  # noqa: E402

CONFIG = '''
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: pushed
    static_configs: [{{targets: ["127.0.0.1:{target}"]}}]
remote_write:
  - url: {glint}
    send_exemplars: true
    send_native_histograms: true
    metadata_config: {{send_interval: 1s}}
    queue_config: {{batch_send_deadline: 200ms}}
'''


class Prometheus:
    """One running Prometheus with data of its own."""

    def __init__(self, config):
        unpacked = ROOT / 'build/peers/prometheus/usr/bin/prometheus'
        binary = shutil.which('prometheus') or (str(unpacked) if unpacked.exists() else None)
        if not binary:
            raise AssertionError('prometheus is missing: tools/setup/install unpack brings it')
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='glint-prometheus-'))
        (self.folder / 'prometheus.yml').write_text(config)
        self.port = free_port()
        with open(self.folder / 'log', 'wb') as log:
            self.process = subprocess.Popen(
                [binary, f'--config.file={self.folder}/prometheus.yml',
                 f'--storage.tsdb.path={self.folder}/data',
                 f'--web.listen-address=127.0.0.1:{self.port}',
                 '--enable-feature=exemplar-storage,native-histograms'],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for('Prometheus is ready', self.is_ready, alive=self.process)

    def is_ready(self):
        try:
            return request(f'http://127.0.0.1:{self.port}/-/ready')[0] == 200
        except OSError:
            return False

    def api(self, path, **parameters):
        status, _, body = request(
            f'http://127.0.0.1:{self.port}{path}?{urllib.parse.urlencode(parameters)}')
        if status != 200:
            raise AssertionError(f'{path} {parameters}: {status} {body[:500]!r}')
        return json.loads(body)['data']

    def end(self):
        self.process.terminate()
        self.process.wait(60)
        text = (self.folder / 'log').read_text(errors='replace')
        shutil.rmtree(self.folder, ignore_errors=True)
        return text


def by_labels(matrix):
    """{labels as text: {time: value or histogram}} of a range selector's answer."""
    return {json.dumps(series['metric'], sort_keys=True):
            {time: value for time, value in series.get('values', []) + series.get('histograms', [])}
            for series in matrix}


class PrometheusPushTest(unittest.TestCase):
    def setUp(self):
        self.glint = Glint()
        self.addCleanup(lambda: self.glint.__exit__(None, None, None))
        self.glint.start()
        self.target = Target()
        self.prometheus = Prometheus(CONFIG.format(target=self.target.port,
                                                   glint=self.glint.url('/api/v1/write')))
        self.addCleanup(lambda: self.prometheus.process.poll() is None and self.prometheus.end())

    def test_both_answer_alike(self):
        wait_for('five scrapes are stored here',
                 lambda: (self.glint.value('pushed_requests_total') or 0) >= 5)
        wait_for('the metadata came', lambda: len(self.metadata()) >= 3)
        self.target.close()
        wait_for('the target is down here too', lambda: self.glint.value('up') == 0)

        self.assertEqual(self.glint.query('pushed_temperature'), [])  # By its staleness marker.
        self.same_samples()
        self.same_exemplars()
        self.assertEqual(self.metadata(), {
            'pushed_requests_total': 'counter Requests so far.',
            'pushed_temperature': 'gauge It is warm.',
            'pushed_latency_seconds': 'histogram How long.'})
        self.assertEqual(self.glint.metric('glint_remote_write_samples_refused_total'), 0)
        self.assertEqual(self.glint.metric('glint_remote_write_requests_refused_total'), 0)
        self.assertNotRegex(self.prometheus.end(), 'non-recoverable|Failed to send')

    def same_samples(self):
        """All series and samples; what Prometheus still had in its queue is waited for."""
        now = time.time()
        question = {'query': '{job="pushed"}[5m]', 'time': now}
        theirs = by_labels(self.prometheus.api('/api/v1/query', **question)['result'])
        self.assertGreaterEqual(len(theirs), 8)  # Three metrics, and five about the scrape.
        wait_for('the last sample is here', lambda: sum(map(len, by_labels(
            self.glint.api('/api/v1/query', **question)['result']).values())) >=
            sum(map(len, theirs.values())))
        ours = by_labels(self.glint.api('/api/v1/query', **question)['result'])
        self.maxDiff = None
        self.assertEqual(ours, theirs)
        self.assertTrue(any('pushed_latency_seconds' in labels for labels in ours))

    def same_exemplars(self):
        now = time.time()
        question = {'query': 'pushed_requests_total', 'start': now - 300, 'end': now}
        theirs = self.prometheus.api('/api/v1/query_exemplars', **question)
        self.assertGreaterEqual(len(theirs[0]['exemplars']), 5)
        wait_for('the last exemplar is here', lambda: len(self.glint.exemplars(
            'pushed_requests_total')) >= len(theirs[0]['exemplars']))
        ours = self.glint.api('/api/v1/query_exemplars', **question)
        self.assertEqual(len(ours), 1)
        self.assertEqual(ours[0]['seriesLabels'], theirs[0]['seriesLabels'])
        self.assertEqual([(one['labels'], float(one['value']), one['timestamp'])
                          for one in ours[0]['exemplars']],
                         [(one['labels'], float(one['value']), one['timestamp'])
                          for one in theirs[0]['exemplars']])

    def metadata(self):
        return {family: f'{entries[0]["type"]} {entries[0]["help"]}'
                for family, entries in self.glint.api('/api/v1/metadata').items()}


if __name__ == '__main__':
    unittest.main()
