// GET /api/v1/query and /api/v1/query_range.

import { asArray, asNumber, asRecord, asSampleValue, asString, asStringMap, Mismatch, type Check } from '../base/json';
import type { Labels } from '../base/labels';
import type { Result } from '../base/result';
import { getData, type Answer } from './http';

export interface Series {
  readonly labels: Labels;
  readonly times: readonly number[]; // ms, ascending
  readonly values: readonly number[];
}

const sample: Check<readonly [number, number]> = (value, path) => {
  if (!Array.isArray(value) || value.length !== 2) throw new Mismatch(path, '[time, value]', value);
  const pair: readonly unknown[] = value;
  return [asNumber(pair[0], `${path}[0]`) * 1000, asSampleValue(pair[1], `${path}[1]`)];
};

const series: Check<Series> = (value, path) => {
  const record = asRecord(value, path);
  const labels = asStringMap(record['metric'], `${path}.metric`);
  const samples =
    record['value'] !== undefined
      ? [sample(record['value'], `${path}.value`)]
      : asArray(sample)(record['values'] ?? [], `${path}.values`);
  return { labels, times: samples.map(([time]) => time), values: samples.map(([, one]) => one) };
};

// A scalar becomes one series without labels, so whatever a person types has a chart.
export const asSeries: Check<readonly Series[]> = (value, path) => {
  const record = asRecord(value, path);
  const type = asString(record['resultType'], `${path}.resultType`);
  const result = record['result'];
  switch (type) {
    case 'matrix':
    case 'vector':
      return asArray(series)(result, `${path}.result`);
    case 'scalar': {
      const [time, one] = sample(result, `${path}.result`);
      return [{ labels: {}, times: [time], values: [one] }];
    }
    default:
      throw new Mismatch(`${path}.resultType`, 'matrix, vector or scalar', type);
  }
};

export interface RangeRequest {
  readonly query: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export function fetchRange(request: RangeRequest, signal: AbortSignal): Promise<Result<Answer<readonly Series[]>>> {
  return getData(
    '/api/v1/query_range',
    [
      ['query', request.query],
      ['start', String(request.startMs / 1000)],
      ['end', String(request.endMs / 1000)],
      ['step', String(request.stepMs / 1000)],
    ],
    asSeries,
    signal,
  );
}

export function fetchInstant(
  query: string,
  timeMs: number,
  signal: AbortSignal,
): Promise<Result<Answer<readonly Series[]>>> {
  return getData('/api/v1/query', [['query', query], ['time', String(timeMs / 1000)]], asSeries, signal);
}
