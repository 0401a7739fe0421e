"""Scraping, side by side with Prometheus and VictoriaMetrics: CPU, memory, disk, restart.

Targets of this script's own, on loopback: a fixed set of histograms, counters and gauges, served
from bodies rendered beforehand so that serving costs next to nothing. One peer at a time. CPU is
what /proc says of the peer over the window; samples are counted by the targets. Disk is what the
data folder has when the peer has ended, restart the time from there to its first answer.
"""

import http.server
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time

from glint_program import ROOT, binary, free_port, request, wait_for

TARGETS = 20
HISTOGRAMS, COUNTERS, GAUGES, BUCKETS = 30, 350, 200, 12
SAMPLES = HISTOGRAMS * (BUCKETS + 2) + COUNTERS + GAUGES  # Of one scrape of one target.
STEPS = 40  # Different bodies of a target; a scrape gets the next one.
WARM_UP_S, WINDOW_S = 5, 20
TICKS = os.sysconf('SC_CLK_TCK')


def render_steps(seed):
    """The bodies of one target, in the order in which scrapes see them."""
    chance = random.Random(seed)
    counts = [[0] * BUCKETS for _ in range(HISTOGRAMS)]
    totals = [0] * COUNTERS
    speeds = [chance.choice((0, 0, 1, 3, 40)) for _ in range(COUNTERS)]
    for _ in range(STEPS):
        lines = ['# TYPE bench_seconds histogram']
        for one, buckets in enumerate(counts):
            for index in range(BUCKETS):
                buckets[index] += chance.randrange(3) if one % 3 else 0
            upto = 0
            for index, count in enumerate(buckets):
                upto += count
                bound = f'{0.001 * 2 ** index:g}' if index < BUCKETS - 1 else '+Inf'
                lines.append(f'bench_seconds_bucket{{route="r{one}",le="{bound}"}} {upto}')
            lines += [f'bench_seconds_count{{route="r{one}"}} {upto}',
                      f'bench_seconds_sum{{route="r{one}"}} {upto * 0.013:.6g}']
        lines.append('# TYPE bench_events counter')
        for one, speed in enumerate(speeds):
            totals[one] += chance.randrange(speed + 1)
            lines.append(f'bench_events_total{{kind="k{one}"}} {totals[one]}')
        lines.append('# TYPE bench_level gauge')
        lines += [f'bench_level{{room="g{one}"}} {chance.gauss(50, 5):.2f}' for one in range(GAUGES)]
        yield ('\n'.join(lines) + '\n# EOF\n').encode()


class Targets(http.server.ThreadingHTTPServer):
    """All targets on one port, told apart by path: /t/N."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(('127.0.0.1', 0), Targets.Handler)
        self.bodies = list(render_steps(seed=1))
        self.scrapes = [0] * TARGETS
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request, client_address):
        pass  # A peer that ends hangs up in the middle of a scrape.

    def samples(self):
        return sum(self.scrapes) * SAMPLES

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = 'HTTP/1.1'

        def do_GET(self):
            number = int(self.path.rsplit('/', 1)[1])
            step = self.server.scrapes[number]
            body = self.server.bodies[min(step, STEPS - 1)]
            self.send_response(200)
            self.send_header('Content-Type', 'application/openmetrics-text; version=1.0.0')
            self.send_header('Content-Length', str(len(body)))
            self.end_headers()
            self.wfile.write(body)
            self.server.scrapes[number] = step + 1

        def log_message(self, *_):
            pass


def config(port):
    lines = ['global:', '  scrape_interval: 1s', 'scrape_configs:']
    for number in range(TARGETS):
        lines += [f'  - job_name: bench{number}', f'    metrics_path: /t/{number}',
                  '    static_configs:', f'      - targets: ["127.0.0.1:{port}"]']
    return '\n'.join(lines) + '\n'


def cpu_seconds(pid):
    fields = pathlib.Path(f'/proc/{pid}/stat').read_text().rsplit(')', 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mib(pid):
    for line in pathlib.Path(f'/proc/{pid}/status').read_text().splitlines():
        if line.startswith('VmRSS:'):
            return int(line.split()[1]) / 1024
    raise AssertionError(f'no VmRSS of {pid}')


def tree_bytes(folder):
    return sum(path.stat().st_blocks * 512 for path in pathlib.Path(folder).rglob('*')
               if path.is_file())


def answers(url):
    try:
        return request(url)[0] == 200
    except OSError:
        return False


class Peer:
    """A program with a folder of its own, started with what scrapes the targets."""

    def __init__(self, name, program, arguments, ready):
        self.name, self.program, self.arguments, self.ready = name, program, arguments, ready

    def start(self, folder, port):
        """The process, once it answers, and the seconds until then."""
        values = {'folder': folder, 'port': port, 'config': f'{folder}/prometheus.yml',
                  'data': f'{folder}/data'}
        begun = time.monotonic()
        process = subprocess.Popen([self.program, *(a.format(**values) for a in self.arguments)],
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        url = f'http://127.0.0.1:{port}{self.ready}'
        wait_for(f'{self.name} is ready', lambda: answers(url), alive=process)
        return process, time.monotonic() - begun

    def measure(self):
        """A row of the table."""
        targets = Targets()
        port = free_port()
        with tempfile.TemporaryDirectory(prefix='glint-bench-') as folder:
            written = pathlib.Path(folder) / 'prometheus.yml'
            written.write_text(config(targets.server_address[1]))
            process, _ = self.start(folder, port)
            try:
                row = measure(self.name, process.pid, targets)
                process.terminate()
                process.wait(60)
                disk = tree_bytes(f'{folder}/data') / targets.samples()
                written.write_text('scrape_configs: []\n')
                process, restart_s = self.start(folder, port)
                return [*row, disk, restart_s]
            finally:
                process.terminate()
                process.wait(60)
                targets.shutdown()
                targets.server_close()


def measure(peer, pid, targets):
    """CPU and memory of a peer that is scraping already."""
    print(f'scrape: {peer}: {WARM_UP_S} s to warm up, {WINDOW_S} s measured …', file=sys.stderr, flush=True)
    time.sleep(WARM_UP_S)
    cpu, samples, start = cpu_seconds(pid), targets.samples(), time.monotonic()
    time.sleep(WINDOW_S)
    cpu, samples = cpu_seconds(pid) - cpu, targets.samples() - samples
    seconds = time.monotonic() - start
    if samples == 0:
        raise AssertionError(f'{peer} scraped nothing within {seconds:.0f} s')
    return [peer, samples / seconds, cpu / samples * 1e6, resident_mib(pid)]


def find(name):
    unpacked = ROOT / f'build/peers/{name}/usr/bin/{name}'
    return shutil.which(name) or (str(unpacked) if unpacked.exists() else None)


PEERS = [
    ('glint', binary(),
     ['--config={config}', '--data={data}', '--listen=127.0.0.1:{port}', '--otlp-grpc=off',
      '--otlp-http=off'], '/-/ready'),
    ('prometheus', find('prometheus'),
     ['--config.file={config}', '--storage.tsdb.path={data}', '--web.listen-address=127.0.0.1:{port}',
      '--enable-feature=exemplar-storage'], '/-/ready'),
    ('victoria-metrics', find('victoria-metrics'),
     ['-promscrape.config={config}', '-storageDataPath={data}', '-httpListenAddr=127.0.0.1:{port}',
      '-retentionPeriod=3'], '/health'),
]


def run():
    rows = []
    notes = [f'{TARGETS} targets of {SAMPLES} samples each, scraped every second']
    for name, program, arguments, ready in PEERS:
        if program:
            rows.append(Peer(name, program, arguments, ready).measure())
        else:
            notes.append(f'{name} is not there: tools/setup/install unpack brings it')
    return {'columns': ['peer', 'samples/s', 'CPU s per million', 'RSS MiB', 'disk B per sample',
                        'restart s'], 'rows': rows, 'notes': notes}
