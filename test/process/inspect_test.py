#!/usr/bin/env python3
"""`glint inspect` finds nothing wrong with what glint wrote, while it runs and after, and names the
file and the place when a disk has changed a byte."""

import json
import os
import pathlib
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, binary  # noqa: E402
from otlp_requests import gauge_request, span, trace_request  # noqa: E402

LOOKS = 30  # At a glint that is being written to.


def inspect(*arguments):
    """(exit code, stdout, stderr)."""
    result = subprocess.run([binary(), 'inspect', *map(str, arguments)], capture_output=True,
                            text=True, timeout=120, check=False)
    return result.returncode, result.stdout, result.stderr


def flip(path, offset):
    """Changes one bit of a file."""
    with open(path, 'r+b') as file:
        file.seek(offset)
        byte = file.read(1)[0]
        file.seek(offset)
        file.write(bytes([byte ^ 4]))


def push_some(glint, count):
    for value in range(count):
        points = [({'writer': str(series)}, time.time_ns(), value) for series in range(20)]
        assert glint.push('/v1/metrics', gauge_request('inspected', points))[0] == 200
        trace_id = os.urandom(16).hex()
        spans = [span('a', trace_id), span('b', trace_id)]
        assert glint.push('/v1/traces', trace_request(spans))[0] == 200


class InspectTest(unittest.TestCase):
    def assert_whole(self, *arguments):
        code, out, err = inspect(*arguments)
        self.assertEqual(code, 0, out + err)
        return out

    def test_whole_data_is_whole_and_a_changed_byte_is_named(self):
        with Glint() as glint:
            push_some(glint, 30)
            self.assertIn('log segment 1 of metrics', self.assert_whole(glint.data, '--verify'))
            segment = glint.data / 'metrics' / '0000000000000001.wal'
            records = self.assert_whole(segment, '--records', '--limit', '1000')
            self.assertIn('20 samples', records)
            self.assertIn('2 spans of', self.assert_whole(
                glint.data / 'traces' / '0000000000000001.wal', '--records'))
            self.assertEqual(glint.stop(), 0)

            out = self.assert_whole(glint.data, '--verify')
            parts = sorted((glint.data / 'metrics').glob('*.part'))
            self.assertTrue(parts, out)
            out = self.assert_whole(parts[0], '--series', '{writer="7"}')
            self.assertIn('inspected{', out)

            answer = json.loads(self.assert_whole(glint.data, '--json', '--verify'))
            self.assertTrue(answer['whole'])
            self.assertIn(str(parts[0]), [file['path'] for file in answer['files']])

            flip(parts[0], 20)  # On the first page.
            trace_segment = glint.data / 'traces' / '0000000000000001.wal'
            flip(trace_segment, 64 + 16 + 5)  # In the first record, behind both headers.
            for path, place in ((parts[0], 'offset 0: page 0, bytes 0-'),
                                (trace_segment, 'offset 64: the crc of')):
                code, out, err = inspect(path)
                self.assertEqual(code, 1, out + err)
                self.assertIn(f'DAMAGED {place}', out)
            code, out, err = inspect(glint.data, '--verify')
            self.assertEqual(code, 1, out + err)
            self.assertIn('2 damaged places', out)
            for path in (parts[0], trace_segment):
                self.assertIn(f'  {path}: offset ', out)
            damage = {file['path']: file['damage']
                      for file in json.loads(inspect(glint.data, '--verify', '--json')[1])['files']}
            self.assertEqual(damage[str(trace_segment)][0]['offset'], 64)

    def test_a_running_glint_is_never_called_damaged(self):
        """What is written, or removed, while it is looked at is not damage."""
        with Glint() as glint:
            push_some(glint, 1)
            for _ in range(LOOKS):
                looker = subprocess.Popen([binary(), 'inspect', str(glint.data), '--verify'],
                                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
                while looker.poll() is None:
                    push_some(glint, 1)
                self.assertEqual(looker.returncode, 0, looker.stdout.read())
                looker.stdout.close()

    def test_what_is_not_ours_or_not_there_is_2(self):
        for arguments in ((__file__,), ('/nonexistent/there',), (), (__file__, '--unknown')):
            code, out, err = inspect(*arguments)
            self.assertEqual(code, 2, (arguments, out, err))
            self.assertTrue(err)


if __name__ == '__main__':
    unittest.main()
