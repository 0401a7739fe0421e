#!/usr/bin/env python3
"""Prometheus' own Go library sends remote write 2.0. Skipped where there is no Go: Debian's is too
old for the library."""

import fcntl
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import installed  # noqa: E402
from glint_program import Glint  # noqa: E402

SKIPPED = 77
SOURCE = pathlib.Path(__file__).resolve().parent / 'remote_write_v2'


def sender():
    """The program of remote_write_v2/main.go; Go's own cache makes the second build quick."""
    installed.BUILD.mkdir(parents=True, exist_ok=True)
    path = installed.BUILD / 'remote_write_v2_sender'
    with open(installed.BUILD / 'remote_write_v2.lock', 'w') as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = subprocess.run(['go', 'build', '-o', str(path), '.'], cwd=SOURCE, text=True,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, check=False,
                              env={**os.environ, 'GOFLAGS': '-mod=readonly'})
    if done.returncode:
        raise AssertionError(f'the sender could not be built; is there a network?\n{done.stdout}')
    return path


class RemoteWriteV2Test(unittest.TestCase):
    def test_what_the_library_sends_is_stored_and_counted(self):
        now = int(time.time())
        with Glint() as glint:
            done = subprocess.run([str(sender()), glint.url(''), str(now * 1000)], text=True,
                                  check=True, timeout=60, stdout=subprocess.PIPE)
            good, partial = map(json.loads, done.stdout.splitlines())
            self.assertEqual(good, {'Samples': 2, 'Histograms': 1, 'Exemplars': 1, 'Error': ''})
            self.assertEqual((partial['Samples'], partial['Histograms']), (1, 0))
            self.assertIn('400', partial['Error'])
            self.assertIn('2 of 3 samples refused', partial['Error'])

            samples = glint.api('/api/v1/query', query='sent_requests_total[1m]', time=now + 5)
            self.assertEqual(samples['result'], [{
                'metric': {'__name__': 'sent_requests_total', 'job': 'go'},
                'values': [[now - 1, '4'], [now, '5'], [now + 1, '6']]}])
            native = glint.api('/api/v1/query', query='sent_latency', time=now)['result'][0]
            self.assertEqual(native['histogram'][1], {
                'count': '6', 'sum': '7.5',
                'buckets': [[3, '-0.001', '0.001', '1'], [0, '2', '4', '3'], [0, '4', '8', '2']]})
            [(_, exemplar)] = glint.exemplars('sent_requests_total')
            self.assertEqual(exemplar['labels'], {
                'trace_id': '0af7651916cd43dd8448eb211c80319c', 'user': '7'})
            self.assertEqual(glint.api('/api/v1/metadata')['sent_requests_total'],
                             [{'type': 'counter', 'help': 'Requests sent.', 'unit': ''}])


if __name__ == '__main__':
    if not shutil.which('go'):
        print('skipped: there is no go')
        sys.exit(SKIPPED)
    unittest.main()
