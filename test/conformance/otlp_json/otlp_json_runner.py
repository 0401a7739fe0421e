#!/usr/bin/env python3
"""otlp_json_runner.py FOLDER [-v]: the suite otlp-json.

Each file is POSTed to a glint of its own. Traces must come back from /api/traces/{id} with every
span, attribute, event and link that went in; logs must be turned away as a signal nobody takes;
metrics must be taken, but for points of delta temporality, which Prometheus' data model has no
place for: those, and no others, must be counted as rejected, with the reason. The data is years old,
so glint is told to keep as much.
"""

import base64
import json
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]))
from glint_program import Glint  # noqa: E402

KINDS = ['SPAN_KIND_UNSPECIFIED', 'SPAN_KIND_INTERNAL', 'SPAN_KIND_SERVER', 'SPAN_KIND_CLIENT',
         'SPAN_KIND_PRODUCER', 'SPAN_KIND_CONSUMER']
STATUSES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR']
DELTA = 1  # Aggregation temporality.
RETENTION = ['--storage.retention', '50y']
KEEP_ALL = ['--storage.retention', '50y']  # The files are years old.


class Mismatch(Exception):
    pass


def number_of(value, names):
    """An enum as its number, however it is written."""
    return names.index(value) if isinstance(value, str) and value in names else int(value or 0)


def value_of(any_value):
    """An AnyValue as (type, comparable value)."""
    if not any_value:
        return None
    kind, value = next(iter(any_value.items()))
    if kind == 'intValue':
        return kind, int(value)
    if kind == 'doubleValue':
        return kind, float(value)
    if kind == 'arrayValue':
        return kind, tuple(value_of(item) for item in value.get('values', []))
    if kind == 'kvlistValue':
        return kind, attributes_of(value.get('values', []))
    return kind, value


def attributes_of(pairs):
    return tuple(sorted((pair['key'], value_of(pair.get('value'))) for pair in pairs or []))


def hex_of(text):
    """An id in lower-case hex, from hex (OTLP/JSON) or base64 (Tempo's JSON)."""
    if not text:
        return ''
    if len(text) in (16, 32) and all(letter in '0123456789abcdefABCDEF' for letter in text):
        return text.lower()
    return base64.b64decode(text).hex()


def facts_of(span, resource, scope):
    """What must survive of a span, in one shape for what went in and what came out."""
    return {
        'name': span['name'], 'kind': number_of(span.get('kind'), KINDS),
        'parent': hex_of(span.get('parentSpanId')).strip('0'),
        'start': int(span['startTimeUnixNano']), 'end': int(span['endTimeUnixNano']),
        'traceState': span.get('traceState', ''),
        'attributes': attributes_of(span.get('attributes')),
        'status': (number_of(span.get('status', {}).get('code'), STATUSES),
                   span.get('status', {}).get('message', '')),
        'events': [(event.get('name', ''), int(event.get('timeUnixNano', 0)),
                    attributes_of(event.get('attributes'))) for event in span.get('events', [])],
        'links': [(hex_of(link.get('traceId')), hex_of(link.get('spanId')),
                   attributes_of(link.get('attributes'))) for link in span.get('links', [])],
        'resource': attributes_of(resource.get('attributes')),
        'scope': (scope.get('name', ''), scope.get('version', '')),
    }


def spans_of(document):
    """{(trace id, span id): facts} of a TracesData object, in either shape."""
    spans = {}
    for batch in document.get('resourceSpans') or document.get('batches') or []:
        for scope_spans in batch.get('scopeSpans', []):
            for span in scope_spans.get('spans', []):
                key = hex_of(span['traceId']), hex_of(span['spanId'])
                spans[key] = facts_of(span, batch.get('resource', {}), scope_spans.get('scope', {}))
    return spans


def check_traces(glint, document):
    sent = spans_of(document)
    status, _, body = glint.push('/v1/traces', document)
    if status != 200 or 'partialSuccess' in json.loads(body) and json.loads(body)['partialSuccess']:
        raise Mismatch(f'expected 200 without partialSuccess, got {status} {body.decode()}')
    for trace_id in sorted({trace for trace, _ in sent}):
        status, _, body = glint.get(f'/api/traces/{trace_id}')
        if status != 200:
            raise Mismatch(f'expected trace {trace_id}, got {status} {body.decode()}')
        got = spans_of(json.loads(body))
        for key, facts in sent.items():
            if key[0] != trace_id:
                continue
            if key not in got:
                raise Mismatch(f'expected span {key[1]} in trace {trace_id}, got {sorted(got)}')
            for name, value in facts.items():
                if got[key][name] != value:
                    raise Mismatch(f'span {key[1]}, {name}: expected {value}, got {got[key][name]}')


def check_metrics(glint, document):
    metrics = [metric for resource in document['resourceMetrics']
               for scope in resource['scopeMetrics'] for metric in scope['metrics']]
    deltas = sum(len(metric[kind].get('dataPoints', [])) for metric in metrics
                 for kind in ('sum', 'histogram', 'exponentialHistogram')
                 if metric.get(kind, {}).get('aggregationTemporality') in
                 (DELTA, 'AGGREGATION_TEMPORALITY_DELTA'))
    status, _, body = glint.push('/v1/metrics', document)
    partial = json.loads(body).get('partialSuccess') or {}
    if status != 200 or int(partial.get('rejectedDataPoints', 0)) != deltas:
        raise Mismatch(f'expected 200 and {deltas} points rejected, got {status} {body.decode()}')
    if deltas and 'delta' not in partial.get('errorMessage', ''):
        raise Mismatch(f'expected the reason "delta", got {partial}')
    for metric in metrics:
        for point in metric.get('gauge', {}).get('dataPoints', []):
            name = metric['name'].replace('.', '_')
            found = glint.query(f'{{__name__=~"{name}.*"}}', time=int(point['timeUnixNano']) / 1e9)
            wanted = float(point.get('asDouble', point.get('asInt', 0)))
            if wanted not in [float(value) for _, (_, value) in found]:
                raise Mismatch(f'gauge {name}: expected {wanted}, got {found}')


def check_turned_away(glint, document):
    status, _, body = glint.push('/v1/logs', document)
    if status != 404:
        raise Mismatch(f'expected 404, as logs have no taker, got {status} {body.decode()}')
    if glint.get('/-/healthy')[0] != 200:
        raise Mismatch('expected to go on, got no answer from /-/healthy')


CHECKS = {'resourceSpans': check_traces, 'resourceMetrics': check_metrics,
          'resourceLogs': check_turned_away}


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    folder, verbose = pathlib.Path(sys.argv[1]), '-v' in sys.argv[2:]
    passed = failed = skipped = 0
    for path in sorted(folder.rglob('*.json')):
        text = path.read_text()
        document = json.loads(text)
        check = next((CHECKS[key] for key in document if key in CHECKS), None)
        if check is None:
            skipped += 1
            print(f'{path}: skipped: no resourceSpans, resourceMetrics or resourceLogs in it')
            continue
        try:
            with Glint(arguments=KEEP_ALL) as glint:
                check(glint, document)
            passed += 1
        except (Mismatch, AssertionError, KeyError, ValueError) as error:
            failed += 1
            if verbose:
                print(f'{path}:1: {error}')
    print(f'otlp-json: {passed} passed, {failed} failed, {skipped} skipped')
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == '__main__':
    sys.exit(main())
