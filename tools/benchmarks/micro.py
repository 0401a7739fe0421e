"""Every *_bench.cc beside the code: time of one iteration.

Builds the preset bench. Figures are CPU time; a rate is what the benchmark itself counts.
"""

import json
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = ROOT / 'build/bench'
UNITS_IN_NS = {'ns': 1, 'us': 1e3, 'ms': 1e6, 's': 1e9}


def build():
    sources = [path for folder in ('src', 'client') for path in (ROOT / folder).rglob('*_bench.cc')]
    targets = sorted({path.stem for path in sources})
    if not targets:
        raise AssertionError('no *_bench.cc below src/ or client/')
    for command in (['cmake', '--preset', 'bench'], ['ninja', '-C', str(BUILD), *targets]):
        done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        if done.returncode:
            raise AssertionError(f'{" ".join(command)} failed:\n{done.stdout[-3000:]}')
    return [path for path in sorted(BUILD.rglob('*_bench')) if path.is_file() and path.stem in targets]


def run():
    rows = []
    for program in build():
        print(f'micro: {program.name} …', file=sys.stderr, flush=True)
        done = subprocess.run([str(program), '--benchmark_format=json', '--benchmark_min_time=0.2'],
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise AssertionError(f'{program} ended with {done.returncode}')
        for entry in json.loads(done.stdout)['benchmarks']:
            if 'cpu_time' not in entry:
                continue
            rate = entry.get('items_per_second') or entry.get('bytes_per_second')
            unit = 'items/s' if 'items_per_second' in entry else 'B/s' if rate else ''
            rows.append([f'{program.stem}/{entry["name"]}',
                         float(entry['cpu_time'] * UNITS_IN_NS[entry['time_unit']]),
                         float(rate) if rate else '', unit])
    return {'columns': ['benchmark', 'CPU ns', 'rate', ''], 'rows': rows}
