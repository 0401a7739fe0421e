#!/usr/bin/env python3
"""A disk that is full: writes are refused with the reason, reading goes on, and when there is room
again all goes on without a restart. On a small tmpfs, which only root can mount."""

import os
import pathlib
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, request  # noqa: E402
from otlp_requests import gauge_request  # noqa: E402
from remote_write import HEADERS, write_request  # noqa: E402

SKIPPED = 77
MIB = 1 << 20
SERIES = 500  # Of one request.
REASON = b'No space left on device'


class SmallDisk:
    """A folder that holds 32 MiB."""

    def __enter__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='glint-small-disk-'))
        subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=32m', 'glint-test', str(self.folder)],
                       check=True)
        return self

    def __exit__(self, *_):
        subprocess.run(['umount', str(self.folder)], check=True)
        self.folder.rmdir()

    def fill(self):
        """Leaves no byte."""
        with open(self.folder / 'ballast', 'ab', buffering=0) as ballast:
            for size in (MIB, 4096, 1):
                try:
                    while True:
                        ballast.write(b'\0' * size)
                except OSError:
                    pass

    def make_room(self):
        (self.folder / 'ballast').unlink()


class FullDiskTest(unittest.TestCase):
    def test_refused_until_there_is_room(self):
        start = int(time.time()) - 3000
        with SmallDisk() as disk:
            glint = Glint()
            glint.data = disk.folder / 'data'
            with glint:
                acknowledged = [self.write(glint, start, number)[0] for number in range(5)]
                self.assertEqual(acknowledged, [204] * 5)
                disk.fill()
                # The log has taken some room ahead.
                sent = len(acknowledged)
                while (answer := self.write(glint, start, sent))[0] == 204:
                    sent += 1
                    self.assertLess(sent, 2900)
                self.assertEqual(answer[0], 503)
                self.assertIn(REASON, answer[2])
                self.assertGreater(glint.metric('glint_metric_batches_refused_total'), 0)
                point = gauge_request('disk_gauge', [({}, time.time_ns(), 1)])
                status, _, body = glint.push('/v1/metrics', point)
                self.assertEqual(status, 503)
                self.assertIn(REASON, body)
                self.assert_answered(glint, start, sent)
                disk.make_room()
                for _ in range(5):
                    self.assertEqual(self.write(glint, start, sent)[0], 204)
                    sent += 1
                self.assertEqual(glint.push('/v1/metrics', point)[0], 200)
                self.assert_answered(glint, start, sent)
                glint.process.kill()
                glint.process.wait()
                glint.restart()
                self.assert_answered(glint, start, sent)
                self.assertEqual(glint.value('disk_gauge'), 1)

    @staticmethod
    def write(glint, start, number):
        """Its status, headers and body: one sample a series, all with the value `number`."""
        return request(glint.url('/api/v1/write'), write_request([
            ({'__name__': 'disk', 'i': f'{index:04}'}, [((start + number) * 1000, number)])
            for index in range(SERIES)]), HEADERS)

    def assert_answered(self, glint, start, sent):
        result = glint.api('/api/v1/query_range', query='sum(last_over_time(disk[1s]))',
                           start=start, end=start + 3000, step=1)['result']
        self.assertEqual([float(value) for _, value in result[0]['values']],
                         [number * SERIES for number in range(sent)])


if __name__ == '__main__':
    if os.geteuid() != 0:
        print('skipped: only root can mount a small disk')
        sys.exit(SKIPPED)
    unittest.main()
