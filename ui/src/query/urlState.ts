// The Explorer's state as a query string, and back. Pure both ways: decode(encode(state)) is state,
// and what a person mistyped in a URL becomes the default instead of an error. Query A's keys stand
// bare (metric=...), those of others carry their letter (b.metric=...).

import { MATCH_OPS, type Matcher, type MatchOp } from '../base/labels';
import { MAX_RANGE_MS, between, type TimeRange } from '../base/range';
import { formatDurationMs, parseDuration } from '../base/time';
import { isSpanId, isTraceId } from '../base/ids';
import {
  COLOUR_SCALES,
  COMBINES,
  DEFAULT_STATE,
  EMPTY_QUERY,
  FUNCTIONS,
  LAYERS,
  MAX_QUERIES,
  SORTS,
  VIEWS,
  type ExplorerState,
  type Query,
} from './state';

const prefixOf = (index: number): string =>
  index === 0 ? '' : `${String.fromCharCode(97 + index)}.`;

function oneOf<T extends string>(list: readonly T[], text: string | null, fallback: T): T {
  return list.find((one) => one === text) ?? fallback;
}

const filterText = ({ label, op, value }: Matcher): string => `${encodeURIComponent(label)}${op}${value}`;

function parseFilter(text: string): Matcher | null {
  const match = /^([^=!]+)(=~|!~|!=|=)([\s\S]*)$/.exec(text);
  const op = MATCH_OPS.find((one): one is MatchOp => one === match?.[2]);
  if (match === null || op === undefined) return null;
  try {
    return { label: decodeURIComponent(match[1] ?? ''), op, value: match[3] ?? '' };
  } catch {
    return null;
  }
}

function encodeQuery(query: Query, index: number, params: URLSearchParams): void {
  const prefix = prefixOf(index);
  const put = (key: string, value: string, fallback = ''): void => {
    if (value !== fallback) params.append(prefix + key, value);
  };
  put('metric', query.metric);
  for (const filter of query.filters) params.append(`${prefix}filter`, filterText(filter));
  for (const label of query.groupBy) params.append(`${prefix}by`, label);
  put('align', query.align, EMPTY_QUERY.align);
  put('combine', query.combine, EMPTY_QUERY.combine);
  put('sort', query.sort, EMPTY_QUERY.sort);
  put('order', query.descending ? 'desc' : 'asc', 'desc');
  put('limit', query.limit === null ? '' : String(query.limit));
  put('mode', query.mode, EMPTY_QUERY.mode);
  put('code', query.code);
  put('folded', query.folded ? '1' : '');
  // A query that says nothing must still be counted when it is not the first.
  if (index > 0 && query.metric === '') params.append(`${prefix}metric`, '');
}

function decodeQuery(params: URLSearchParams, index: number): Query {
  const prefix = prefixOf(index);
  const get = (key: string): string | null => params.get(prefix + key);
  const limit = Number(get('limit') ?? NaN);
  return {
    mode: oneOf(['builder', 'code'], get('mode'), EMPTY_QUERY.mode),
    metric: get('metric') ?? '',
    filters: params.getAll(`${prefix}filter`).flatMap((text) => parseFilter(text) ?? []),
    groupBy: [...new Set(params.getAll(`${prefix}by`).filter((label) => label !== ''))],
    align: oneOf(FUNCTIONS, get('align'), EMPTY_QUERY.align),
    combine: oneOf(COMBINES, get('combine'), EMPTY_QUERY.combine),
    sort: oneOf(SORTS, get('sort'), EMPTY_QUERY.sort),
    descending: get('order') !== 'asc',
    limit: Number.isInteger(limit) && limit >= 1 && limit <= 1000 ? limit : null,
    code: get('code') ?? '',
    folded: get('folded') === '1',
  };
}

export function encodeState(state: ExplorerState): string {
  const params = new URLSearchParams();
  state.queries.forEach((query, index) => encodeQuery(query, index, params));
  if (state.range.kind === 'between') {
    params.set('from', String(state.range.from));
    params.set('to', String(state.range.to));
  } else {
    params.set('range', formatDurationMs(state.range.ms));
  }
  if (state.refreshMs > 0) params.set('refresh', formatDurationMs(state.refreshMs));
  if (state.zone === 'utc') params.set('tz', 'utc');
  if (state.view !== DEFAULT_STATE.view) params.set('view', state.view);
  if (state.y !== DEFAULT_STATE.y) params.set('y', state.y);
  if (state.colour !== DEFAULT_STATE.colour) params.set('colour', state.colour);
  if (state.hidden.length > 0) params.set('hide', state.hidden.join(','));
  if (state.stepMs !== null) params.set('step', formatDurationMs(state.stepMs));
  if (!state.autoRun) params.set('run', 'manual');
  if (state.trace !== null) {
    params.set('trace', state.trace.traceId);
    if (state.trace.spanId !== '') params.set('span', state.trace.spanId);
  }
  return params.toString();
}

function decodeRange(params: URLSearchParams): TimeRange {
  const from = Number(params.get('from') ?? NaN);
  const to = Number(params.get('to') ?? NaN);
  if (Number.isFinite(from) && Number.isFinite(to) && to > from) return between(from, to);
  const ms = parseDuration(params.get('range') ?? '');
  return ms === null || ms > MAX_RANGE_MS ? DEFAULT_STATE.range : { kind: 'last', ms };
}

export function decodeState(search: string): ExplorerState {
  const params = new URLSearchParams(search);
  let count = 1;
  for (let index = 1; index < MAX_QUERIES; index++) {
    if ([...params.keys()].some((key) => key.startsWith(prefixOf(index)))) count = index + 1;
  }
  const hidden = (params.get('hide') ?? '').split(',');
  const traceId = params.get('trace') ?? '';
  const spanId = params.get('span') ?? '';
  return {
    queries: Array.from({ length: count }, (_, index) => decodeQuery(params, index)),
    range: decodeRange(params),
    refreshMs: parseDuration(params.get('refresh') ?? '') ?? 0,
    zone: params.get('tz') === 'utc' ? 'utc' : 'local',
    view: oneOf(VIEWS, params.get('view'), DEFAULT_STATE.view),
    y: oneOf(['log', 'linear'], params.get('y'), DEFAULT_STATE.y),
    colour: oneOf(COLOUR_SCALES, params.get('colour'), DEFAULT_STATE.colour),
    hidden: LAYERS.filter((layer) => hidden.includes(layer)),
    stepMs: parseDuration(params.get('step') ?? ''),
    autoRun: params.get('run') !== 'manual',
    trace: isTraceId(traceId) ? { traceId: traceId.toLowerCase(), spanId: isSpanId(spanId) ? spanId.toLowerCase() : '' } : null,
  };
}
