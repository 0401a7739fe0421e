#!/usr/bin/env python3
"""Prometheus' own command line tool asks glint: query instant, range, series and labels.

It is strict where a browser is not: a value that is no string, a missing field or a status of
another spelling is an error.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, ROOT, wait_for  # noqa: E402
from otlp_requests import gauge_request  # noqa: E402


def promtool():
    unpacked = ROOT / 'build/peers/prometheus/usr/bin/promtool'
    found = shutil.which('promtool') or (str(unpacked) if unpacked.exists() else None)
    if not found:
        raise AssertionError('promtool is missing: tools/setup/install unpack brings it')
    return found


class PromtoolTest(unittest.TestCase):
    NAME = 'promtool_temperature'
    ROOMS = {'hall': 10.5, 'attic': 30.25}

    @classmethod
    def setUpClass(cls):
        cls.glint = Glint()
        cls.addClassCleanup(lambda: cls.glint.__exit__(None, None, None))
        cls.glint.start()
        cls.end = int(time.time()) - 60
        cls.times = [cls.end - 15 * step for step in range(8, -1, -1)]
        for index, when in enumerate(cls.times):  # In order of time, as a sender would.
            points = [({'room': room}, when * 1_000_000_000, first + index)
                      for room, first in cls.ROOMS.items()]
            status, _, body = cls.glint.push('/v1/metrics', gauge_request(cls.NAME, points))
            if status != 200:
                raise AssertionError(f'/v1/metrics: {status} {body!r}')
        wait_for('the last value is there', lambda: cls.glint.query(cls.NAME, time=cls.end))

    def ask(self, *arguments, options=()):
        done = subprocess.run([promtool(), 'query', *arguments[:1], *options, self.glint.url(''),
                               *arguments[1:]], text=True, check=False, timeout=60,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        return done.stdout

    def test_instant(self):
        said = json.loads(self.ask('instant', f'{self.NAME}{{room="hall"}}',
                                   options=('-o', 'json', f'--time={self.end}')))
        self.assertEqual(len(said), 1)
        self.assertEqual(said[0]['metric']['room'], 'hall')
        self.assertEqual(said[0]['value'], [self.end, '18.5'])

    def test_instant_of_a_scalar(self):
        self.assertIn('3', self.ask('instant', '1 + 2'))

    def test_range(self):
        said = json.loads(self.ask('range', f'sum({self.NAME})', options=(
            '-o', 'json', f'--start={self.times[0]}', f'--end={self.end}', '--step=15s')))
        self.assertEqual([float(value) for _, value in said[0]['values']],
                         [40.75 + 2 * index for index in range(len(self.times))])

    def test_series(self):
        said = self.ask('series', options=(f'--match={self.NAME}', f'--start={self.times[0]}',
                                           f'--end={self.end}'))
        self.assertEqual(len(said.strip().splitlines()), 2, said)
        self.assertIn('room="attic"', said)

    def test_labels(self):
        said = self.ask('labels', 'room', options=(f'--start={self.times[0]}', f'--end={self.end}'))
        self.assertEqual(sorted(said.split()), ['attic', 'hall'])

    def test_a_wrong_query_is_refused_with_its_position(self):
        done = subprocess.run([promtool(), 'query', 'instant', self.glint.url(''), 'sum(('], text=True,
                              check=False, timeout=60, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn('bad_data', done.stderr)


if __name__ == '__main__':
    unittest.main()
