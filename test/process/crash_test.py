#!/usr/bin/env python3
"""What was acknowledged survives kill -9, however often and in the middle of whatever.

An OTLP push is acknowledged by its 200. A scrape is acknowledged to nobody, but what a query has
shown once must not be gone later.
"""

import http.server
import os
import pathlib
import random
import sys
import threading
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
from glint_program import Glint, scrape_config, wait_for  # noqa: E402
from otlp_requests import gauge_request, span, trace_request  # noqa: E402

ROUNDS = 4
WRITERS = 4
SPANS = 3  # Of one trace, sent in one request.


class CountingTarget(http.server.ThreadingHTTPServer):
    """Serves a counter that is one higher at each scrape, with an exemplar."""

    def __init__(self):
        super().__init__(('127.0.0.1', 0), CountingTarget.Handler)
        self.scrapes = 0
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass  # Who scraped was killed.

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.server.scrapes += 1
            count = self.server.scrapes
            body = (f'# TYPE crash_work_seconds histogram\n'
                    f'crash_work_seconds_bucket{{le="1"}} {count} # {{trace_id="{count:032x}",'
                    f'span_id="{count:016x}"}} 0.5 {time.time():.3f}\n'
                    f'crash_work_seconds_bucket{{le="+Inf"}} {count}\n'
                    f'crash_work_seconds_count {count}\ncrash_work_seconds_sum {count}\n# EOF\n')
            self.send_response(200)
            self.send_header('Content-Type', 'application/openmetrics-text; version=1.0.0')
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_):
            pass


class Writer(threading.Thread):
    """Pushes traces and gauge points one after another; remembers what was acknowledged."""

    def __init__(self, glint, number, stop):
        super().__init__(daemon=True)
        self._glint, self._number, self._stop_writing = glint, number, stop
        self.traces = []
        self.points = []  # (time in ms, value)

    def run(self):
        value = 0
        while not self._stop_writing.is_set():
            trace_id = os.urandom(16).hex()
            value += 1
            now_ms = max(time.time_ns() // 1_000_000, self.points[-1][0] + 1 if self.points else 0)
            try:
                spans = [span(f'step {index}', trace_id) for index in range(SPANS)]
                if self._glint.push('/v1/traces', trace_request(spans))[0] == 200:
                    self.traces.append(trace_id)
                point = gauge_request('crash_gauge', [
                    ({'writer': str(self._number)}, now_ms * 1_000_000, value)])
                if self._glint.push('/v1/metrics', point)[0] == 200:
                    self.points.append((now_ms, value))
            except OSError:
                return  # Killed in the middle: not acknowledged.


class CrashTest(unittest.TestCase):
    def test_nothing_acknowledged_is_missing_after_kill_9(self):
        target = CountingTarget()
        self.addCleanup(target.server_close)
        self.addCleanup(target.shutdown)
        seed = int(os.environ.get('CRASH_SEED', random.randrange(1 << 30)))
        print(f'CRASH_SEED={seed}')
        chance = random.Random(seed)
        config = scrape_config({'crash': f'127.0.0.1:{target.server_address[1]}'}, interval='100ms')
        traces, points, seen_scraped, seen_dots = [], {}, {}, {}
        with Glint(config=config) as glint:
            for turn in range(ROUNDS):
                stop = threading.Event()
                # Series of a round are its own: their times start after the last round's.
                writers = [Writer(glint, turn * WRITERS + index, stop) for index in range(WRITERS)]
                for writer in writers:
                    writer.start()
                enough = chance.randrange(20, 120)
                wait_for(f'{enough} traces are acknowledged',
                         lambda: sum(len(writer.traces) for writer in writers) >= enough)
                wait_for('a scrape of this round shows',
                         lambda: len(self.scraped(glint)) > len(seen_scraped))
                seen_scraped.update(self.scraped(glint))
                seen_dots.update(self.dots(glint))
                glint.process.kill()
                glint.process.wait()
                stop.set()
                for writer in writers:
                    writer.join()
                    traces += writer.traces
                    points[writer._number] = writer.points
                glint.restart()
                self.assert_all_there(glint, traces, points, seen_scraped, seen_dots)
            self.assertTrue(seen_dots, 'the target gives exemplars, so some must have been seen')
            self.assertEqual(glint.stop(), 0)
            glint.restart()  # And after an orderly end the same.
            self.assert_all_there(glint, traces, points, seen_scraped, seen_dots)

    @staticmethod
    def scraped(glint):
        result = glint.query('crash_work_seconds_count[1h]')
        return {when: value for _, values in result for when, value in values}

    @staticmethod
    def dots(glint):
        return {exemplar['labels']['trace_id']: float(exemplar['value'])
                for _, exemplar in glint.exemplars('crash_work_seconds_bucket')}

    def assert_all_there(self, glint, traces, points, seen_scraped, seen_dots):
        for trace_id in traces:
            spans = glint.trace_spans(trace_id)
            self.assertIsNotNone(spans, f'trace {trace_id} was acknowledged and is gone')
            self.assertEqual(len(spans), SPANS, trace_id)
        stored = {labels['writer']: values for labels, values in glint.query('crash_gauge[1h]')}
        for number, acknowledged in points.items():
            have = {(round(when * 1000), float(value)) for when, value in stored.get(str(number), [])}
            missing = [point for point in acknowledged if (point[0], float(point[1])) not in have]
            self.assertEqual(missing, [], f'acknowledged points of writer {number}')
        scraped = self.scraped(glint)
        self.assertEqual({when: scraped.get(when) for when in seen_scraped}, seen_scraped)
        dots = self.dots(glint)
        self.assertEqual({dot: dots.get(dot) for dot in seen_dots}, seen_dots)


if __name__ == '__main__':
    unittest.main()
