// GET /api/glint/v1/exemplars: exemplars and whether the trace of each is stored here.

import { asArray, asNumber, asRecord, asSampleValue, asString, asStringMap, Mismatch, type Check } from '../base/json';
import type { Dot, Stored } from '../base/dots';
import type { Labels } from '../base/labels';
import type { Result } from '../base/result';
import { hexId } from '../base/ids';
import { getData, type Answer } from './http';

const stored: Check<Stored> = (value, path) => {
  const text = asString(value, path);
  if (text === 'stored' || text === 'missing' || text === 'none') return text;
  throw new Mismatch(path, 'stored, missing or none', text);
};

// Ids as written; a trace id in capitals or base64 opens all the same.
const idIn = (labels: Labels, names: readonly string[], bytes: 8 | 16): string => {
  for (const name of names) {
    const text = labels[name];
    if (text !== undefined && text !== '') return hexId(text, bytes) ?? text;
  }
  return '';
};

function dot(series: Labels): Check<Dot> {
  return (value, path) => {
    const record = asRecord(value, path);
    const labels = asStringMap(record['labels'], `${path}.labels`);
    return {
      timeMs: asNumber(record['timestamp'], `${path}.timestamp`) * 1000,
      value: asSampleValue(record['value'], `${path}.value`),
      traceId: idIn(labels, ['trace_id', 'traceID', 'traceId'], 16),
      spanId: idIn(labels, ['span_id', 'spanID', 'spanId'], 8),
      stored: stored(record['trace'], `${path}.trace`),
      series,
      labels,
    };
  };
}

const check: Check<readonly Dot[]> = (value, path) =>
  asArray((entry, entryPath) => {
    const record = asRecord(entry, entryPath);
    const series = asStringMap(record['seriesLabels'], `${entryPath}.seriesLabels`);
    return asArray(dot(series))(record['exemplars'], `${entryPath}.exemplars`);
  })(value, path)
    .flat()
    .sort((a, b) => a.timeMs - b.timeMs);

export interface ExemplarRequest {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

export function fetchExemplars(
  request: ExemplarRequest,
  signal: AbortSignal,
): Promise<Result<Answer<readonly Dot[]>>> {
  return getData(
    '/api/glint/v1/exemplars',
    [
      ['query', request.query],
      ['start', String(request.startMs / 1000)],
      ['end', String(request.endMs / 1000)],
      ['limit', String(request.limit)],
    ],
    check,
    signal,
  );
}
