"""A glint of a test's own: free ports, data in a temporary folder, ended when the test ends.

GLINT_BIN names the binary; else the one of the release build. Waiting is always for a condition
with a deadline. A test that fails prints the last lines of the program's log.
"""

import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[1]
DEADLINE_S = 60  # For one condition, on a machine that does other things too.


def binary(name='glint'):
    """The path of a program of the build: glint, glint-demo."""
    if name == 'glint' and os.environ.get('GLINT_BIN'):
        return os.environ['GLINT_BIN']
    folder = {'glint': 'src/server', 'glint-demo': 'demo'}[name]
    return os.environ.get('GLINT_DEMO_BIN' if name == 'glint-demo' else '',
                          str(ROOT / 'build/release' / folder / name))


def wait_for(what, condition, seconds=DEADLINE_S, alive=None):
    """The first true value of condition(), or an error that says what was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if alive is not None and alive.poll() is not None:
            raise AssertionError(f'{alive.args[0]} ended with {alive.returncode} before {what}')
        if time.monotonic() > end:
            raise AssertionError(f'not within {seconds} s: {what}')
        time.sleep(0.02)


def request(url, data=None, headers=None, method=None, timeout=30):
    """(status, headers, body) of one HTTP exchange, whatever the status."""
    message = urllib.request.Request(url, data=data, headers=headers or {}, method=method)
    try:
        with urllib.request.urlopen(message, timeout=timeout) as reply:
            return reply.status, reply.headers, reply.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def free_port():
    """A port that was free just now: for what must be told a number before it starts."""
    with socket.socket() as listener:
        listener.bind(('127.0.0.1', 0))
        return listener.getsockname()[1]


class Glint:
    """One running glint. `with Glint(config=TEXT) as glint:`; restart() keeps its data."""

    def __init__(self, config=None, arguments=()):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix='glint-test-'))
        self.data = self.folder / 'data'
        self.log_path = self.folder / 'glint.log'
        self.config_path = self.folder / 'prometheus.yml'
        self.arguments = list(arguments)
        if config is not None:
            self.config_path.write_text(config)
            self.arguments += ['--config', str(self.config_path)]
        self.process = None
        self.ports = {}

    def __enter__(self):
        try:
            return self.start()
        except BaseException:
            self.__exit__(AssertionError, None, None)
            raise

    def __exit__(self, kind, error, trace):
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if kind is not None and self.log_path.exists():
            print('--- the last lines of glint\'s log')
            print('\n'.join(self.log_path.read_text(errors='replace').splitlines()[-30:]))
            print('---', flush=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    def command(self, *more):
        return [binary(), '--listen', '127.0.0.1:0', '--otlp-grpc', '127.0.0.1:0',
                '--otlp-http', '127.0.0.1:0', '--data', str(self.data), *self.arguments, *more]

    def start(self):
        if not pathlib.Path(binary()).exists():
            raise AssertionError(f'{binary()} is not there: build it, or set GLINT_BIN')
        port_file = self.folder / 'ports.json'
        port_file.unlink(missing_ok=True)
        with open(self.log_path, 'ab') as log:
            self.process = subprocess.Popen(self.command('--port-file', str(port_file)),
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        text = wait_for('the port file is written', lambda: port_file.exists() and port_file.read_text(),
                        alive=self.process)
        self.ports = json.loads(text)
        wait_for('/-/ready answers 200', lambda: self.get('/-/ready')[0] == 200, alive=self.process)
        return self

    def restart(self):
        return self.start()

    def stop(self, number=signal.SIGTERM, seconds=DEADLINE_S):
        """Sends the signal, waits for the end and returns the exit code."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def log(self):
        return self.log_path.read_text(errors='replace')

    def url(self, path, part='listen'):
        return f'http://{self.ports[part]}{path}'

    def get(self, path, timeout=30, **parameters):
        query = '?' + urllib.parse.urlencode(parameters) if parameters else ''
        try:
            return request(self.url(path + query), timeout=timeout)
        except (OSError, urllib.error.URLError):
            return 0, {}, b''

    def api(self, path, **parameters):
        """The `data` of a Prometheus API answer; any other answer fails the test."""
        status, _, body = self.get(path, **parameters)
        if status != 200:
            raise AssertionError(f'{path} {parameters}: {status} {body[:500]!r}')
        return json.loads(body)['data']

    def query(self, expression, **parameters):
        """[(labels, value or values)] of an instant query."""
        result = self.api('/api/v1/query', query=expression, **parameters)['result']
        return [(series['metric'], series.get('value') or series.get('values')) for series in result]

    def value(self, expression):
        """The number of an instant query that yields one series, None while it yields none."""
        result = self.query(expression)
        return float(result[0][1][1]) if result else None

    def metric(self, name_part):
        """The sum of glint's own samples whose names contain name_part."""
        _, _, body = self.get('/metrics')
        lines = (line for line in body.decode().splitlines() if line and not line.startswith('#'))
        # Without the exemplar and timestamp that may follow: the value is the word after the labels.
        return sum(float(line.split('}')[-1].split()[0] if '}' in line else line.split()[1])
                   for line in (text.split(' # ')[0] for text in lines)
                   if name_part in line.split('{')[0].split(' ')[0])

    def push(self, path, body, content_type='application/json', headers=None, **options):
        """POST to OTLP/HTTP; a dict goes as JSON."""
        data = json.dumps(body).encode() if isinstance(body, dict) else body
        return request(self.url(path, 'otlp_http'), data,
                       {'Content-Type': content_type, **(headers or {})}, **options)

    def trace_spans(self, trace_id):
        """The spans of a stored trace in Tempo's JSON, None where it is not stored."""
        status, _, body = self.get(f'/api/traces/{trace_id}', timeout=30)
        if status == 404:
            return None
        if status != 200:
            raise AssertionError(f'/api/traces/{trace_id}: {status} {body[:500]!r}')
        answer = json.loads(body)
        batches = answer.get('batches') or answer.get('resourceSpans') or []
        return [span for batch in batches for scope in batch.get('scopeSpans', [])
                for span in scope.get('spans', [])]

    def exemplars(self, selector, start=None, end=None):
        """(series labels, exemplar) of each one that query_exemplars returns."""
        now = time.time()
        found = self.api('/api/v1/query_exemplars', query=selector,
                         start=start if start is not None else now - 3600,
                         end=end if end is not None else now + 60)
        return [(series['seriesLabels'], exemplar)
                for series in found for exemplar in series['exemplars']]


def scrape_config(targets, interval='1s'):
    """A prometheus.yml with one job a target, from {job: "host:port"}."""
    lines = ['global:', f'  scrape_interval: {interval}', 'scrape_configs:']
    for job, address in targets.items():
        lines += [f'  - job_name: {job}', '    static_configs:', f'      - targets: ["{address}"]']
    return '\n'.join(lines) + '\n'
