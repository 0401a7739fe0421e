// GET /api/v1/labels, /api/v1/label/<name>/values: what suggestions are made of.

import { asArray, asString } from '../base/json';
import { mapResult, type Result } from '../base/result';
import type { Span } from '../base/range';
import { getData, type Params } from './http';

const strings = asArray(asString);

function paramsOf(match: string, span: Span | null): Params {
  const params: [string, string][] = [];
  if (match !== '') params.push(['match[]', match]);
  if (span !== null) params.push(['start', String(span.from / 1000)], ['end', String(span.to / 1000)]);
  return params;
}

export async function fetchLabelNames(
  match: string,
  span: Span | null,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const answer = await getData('/api/v1/labels', paramsOf(match, span), strings, signal);
  return mapResult(answer, (value) => value.data.filter((name) => name !== '__name__'));
}

export async function fetchLabelValues(
  label: string,
  match: string,
  span: Span | null,
  signal: AbortSignal,
): Promise<Result<readonly string[]>> {
  const path = `/api/v1/label/${encodeURIComponent(label)}/values`;
  return mapResult(await getData(path, paramsOf(match, span), strings, signal), (value) => value.data);
}
