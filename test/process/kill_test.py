#!/usr/bin/env python3
"""Tens of short lives of the program under remote write, OTLP and scrapes, each ended by kill -9 at
a random instant or in good order: what was acknowledged is answered, and nothing more than what was
under way. Hundreds of lives, on a bad disk, are in src/tsdb/metric_store_crash_test.cc.
"""

import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from crash_test import CountingTarget  # noqa: E402
from glint_program import Glint, request, scrape_config  # noqa: E402
from otlp_requests import gauge_request  # noqa: E402
from remote_write import HEADERS, write_request  # noqa: E402

LIVES = 16
SAMPLES = 3000  # At most of one series: the n-th has the value n, n seconds after START.
START = int(time.time()) - SAMPLES
WAYS = ('remote_write', 'otlp')


class Writer(threading.Thread):
    """Sends one sample after the other of a series that is its own."""

    def __init__(self, glint, way, life):
        super().__init__(daemon=True)
        self.way, self.life, self.acknowledged = way, str(life), 0
        self._write_url = glint.url('/api/v1/write')
        self._glint = glint
        self.refusal = None

    def send(self, number):
        if self.way == 'remote_write':
            body = write_request([({'__name__': 'killed', 'way': self.way, 'life': self.life},
                                   [((START + number) * 1000, number)])])
            return request(self._write_url, body, HEADERS)
        return self._glint.push('/v1/metrics', gauge_request('killed', [
            ({'way': self.way, 'life': self.life}, (START + number) * 10**9, number)]))

    def run(self):
        try:
            while self.acknowledged < SAMPLES:
                status, _, body = self.send(self.acknowledged)
                if status not in (200, 204):
                    self.refusal = (status, body)
                    return
                self.acknowledged += 1
        except OSError:
            pass  # Killed in the middle: not acknowledged.
        except Exception as error:  # The answer was cut off.
            self.refusal = None if 'IncompleteRead' in repr(error) else repr(error)


class KillTest(unittest.TestCase):
    def test_synced(self):
        self.live('synced')

    def test_written(self):
        self.live('written')

    def live(self, ack):
        target = CountingTarget()
        self.addCleanup(target.server_close)
        self.addCleanup(target.shutdown)
        seed = int(os.environ.get('CRASH_SEED', random.randrange(1 << 30)))
        print(f'CRASH_SEED={seed}', flush=True)
        chance = random.Random(seed)
        config = scrape_config({'killed': f'127.0.0.1:{target.server_address[1]}'}, interval='50ms')
        stored, scraped, replayed = {}, {}, 0
        with Glint(config=config,
                   arguments=['--storage.ack', ack, '--web.enable-admin-api']) as glint:
            for life in range(LIVES):
                writers = [Writer(glint, way, life) for way in WAYS]
                for writer in writers:
                    writer.start()
                instant = time.monotonic() + chance.uniform(0.02, 0.3)
                if chance.random() < 0.3:
                    # Parts are written while the rest comes in.
                    status, _, body = request(glint.url('/api/v1/admin/tsdb/snapshot'), method='POST')
                    self.assertEqual(status, 200, body)
                scraped.update(self.scraped(glint))
                time.sleep(max(0, instant - time.monotonic()))
                orderly = chance.random() < 0.25
                if orderly:
                    self.assertEqual(glint.stop(), 0)
                else:
                    glint.process.kill()
                    glint.process.wait()
                for writer in writers:
                    writer.join()
                    if not orderly:
                        self.assertIsNone(writer.refusal)
                glint.restart()
                replayed_now = glint.metric('glint_metric_replayed_samples')
                replayed += replayed_now
                if orderly:
                    self.assertEqual(replayed_now, 0)
                for writer in writers:
                    self.settle(glint, writer, stored)
                have = self.scraped(glint)
                self.assertEqual({when: have.get(when) for when in scraped}, scraped)
            for (way, life), count in stored.items():
                self.assertEqual(self.answered(glint, way, life), list(range(count)), (way, life))
            self.assertGreater(sum(stored.values()), LIVES)
            self.assertGreater(replayed, 0)

    def settle(self, glint, writer, stored):
        """All acknowledged ones are there, and at most the one that was under way."""
        values = self.answered(glint, writer.way, writer.life)
        self.assertEqual(values, list(range(len(values))), (writer.way, writer.life))
        self.assertIn(len(values) - writer.acknowledged, (0, 1), (writer.way, writer.life))
        stored[writer.way, writer.life] = len(values)

    @staticmethod
    def answered(glint, way, life):
        """The values, one a second. Where one is missing, the one before shows twice; so the answer
        ends with the last that is there, shown until the lookback is over."""
        result = glint.api('/api/v1/query_range', start=START, end=START + SAMPLES, step=1,
                           query=f'last_over_time(killed{{way="{way}",life="{life}"}}[1s])')['result']
        return [float(value) for _, value in result[0]['values']] if result else []

    @staticmethod
    def scraped(glint):
        return {when: value for _, values in glint.query('crash_work_seconds_count[1h]')
                for when, value in values}


if __name__ == '__main__':
    unittest.main()
