#!/usr/bin/env python3
"""The original's stack (Flask, prometheus_client, OpenTelemetry) and the same in Node, unchanged on
their side, under load: glint scrapes them and takes their spans, and every dot opens.

usage: applications_test.py [FlaskTest|NodeJsonTest|NodeProtobufTest]
"""

import base64
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))
import installed  # noqa: E402
from dots import assert_every_dot_opens  # noqa: E402
from glint_program import Glint, scrape_config, wait_for  # noqa: E402
from steady_load import SteadyLoad  # noqa: E402

DOTS = 5  # Enough to see that it is no accident; one request in a hundred can become one.
SELECTOR = 'my_prom_hist_seconds_bucket{name="foo"}'


class Application:
    """One of the applications as a process; `port` once it serves."""

    def __init__(self, command, environment=None):
        self._folder = tempfile.TemporaryDirectory(prefix='glint-interop-')
        port_file = pathlib.Path(self._folder.name) / 'port'
        self._log = open(pathlib.Path(self._folder.name) / 'log', 'w+')
        self._process = subprocess.Popen([*command, str(port_file)], stdin=subprocess.DEVNULL,
                                         stdout=self._log, stderr=self._log,
                                         env={**os.environ, **(environment or {})})
        try:
            self.port = int(wait_for('the application serves',
                                     lambda: port_file.exists() and port_file.read_text(),
                                     alive=self._process))
        except AssertionError:
            self.end()
            raise

    def end(self):
        """SIGTERM: the application sends the spans it still has. What it printed is shown."""
        if self._process.poll() is None:
            self._process.terminate()
            self._process.wait(60)
        self._log.seek(0)
        print(self._log.read(), end='')
        self._log.close()
        self._folder.cleanup()


class ApplicationTest:
    """What holds for each application; subclasses start theirs."""

    def test_every_dot_opens_under_load(self):
        with Glint(config=scrape_config({'nobody_yet': '127.0.0.1:1'})) as glint:
            application = self.application(glint)
            try:
                glint.config_path.write_text(scrape_config({'app': f'127.0.0.1:{application.port}'}))
                glint.process.send_signal(1)  # SIGHUP: read the configuration again.
                wait_for('the application is scraped', lambda: glint.value('up{job="app"}') == 1)
                with SteadyLoad(application.port):
                    wait_for(f'{DOTS} dots', lambda: len(glint.exemplars(SELECTOR)) >= DOTS,
                             seconds=180)
            finally:
                application.end()
            dots = assert_every_dot_opens(self, glint, SELECTOR, DOTS)
            self.assert_the_trace_is_whole(glint, dots[0][1]['labels'])
            self.assert_buckets_count_as_the_target_does(glint)

    def assert_the_trace_is_whole(self, glint, labels):
        """The span that worked has a parent in the same trace, and the resource came along."""
        spans = glint.trace_spans(labels['trace_id'])
        by_id = {base64.b64decode(span['spanId']).hex(): span for span in spans}
        worked = [span for span in spans if span['name'] == 'do_work']
        self.assertEqual(len(worked), 1, spans)
        self.assertIn(base64.b64decode(worked[0]['parentSpanId']).hex(), by_id)
        _, _, body = glint.get(f'/api/traces/{labels["trace_id"]}')
        self.assertIn(self.SERVICE, body.decode())

    def assert_buckets_count_as_the_target_does(self, glint):
        """The +Inf bucket is the count, and quantiles come out between the bounds."""
        self.assertEqual(glint.value('max_over_time(my_prom_hist_seconds_bucket{le="+Inf"}[10m])'),
                         glint.value('max_over_time(my_prom_hist_seconds_count[10m])'))
        median = glint.value('histogram_quantile(0.5, sum by (le) '
                             '(max_over_time(my_prom_hist_seconds_bucket[10m])))')
        self.assertGreater(median, 0.005)  # The least work is 10 ms; half of all is below 30 ms.
        self.assertLess(median, 0.1)


class FlaskTest(ApplicationTest, unittest.TestCase):
    SERVICE = 'prometheus_exemplars'

    def application(self, glint):
        app = pathlib.Path(__file__).parent / 'flask/app.py'
        return Application([str(installed.flask_python()), str(app)],
                           {'OTEL_EXPORTER_OTLP_ENDPOINT': glint.url('', 'otlp_grpc'),
                            'OTEL_BSP_SCHEDULE_DELAY': '500'})


class NodeJsonTest(ApplicationTest, unittest.TestCase):
    SERVICE = 'node_json'
    ENCODING = 'json'

    def application(self, glint):
        app = installed.node_folder() / 'app.mjs'
        return Application(['node', str(app), self.ENCODING, glint.url('/v1/traces', 'otlp_http')])


class NodeProtobufTest(NodeJsonTest):
    SERVICE = 'node_proto'
    ENCODING = 'proto'


if __name__ == '__main__':
    unittest.main()
