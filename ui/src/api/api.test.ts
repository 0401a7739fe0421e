import { afterEach, describe, expect, it, vi } from 'vitest';
import { fetchExemplars } from './exemplars';
import { fetchRange } from './query';
import { fetchTargets } from './targets';
import { fetchTrace } from './trace';

const signal = new AbortController().signal;

function answer(body: unknown, status = 200): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  vi.stubGlobal('fetch', vi.fn(() => Promise.resolve(new Response(text, { status }))));
}

afterEach(() => vi.unstubAllGlobals());

const TRACE = '0123456789abcdef0123456789abcdef';
const span = {
  traceId: 'ASNFZ4mrze8BI0VniavN7w==',
  spanId: 'ASNFZ4mrze8=',
  name: '/',
  kind: 'SPAN_KIND_SERVER',
  startTimeUnixNano: '1700000000000000001',
  endTimeUnixNano: '1700000000000000009',
  attributes: [
    { key: 'n', value: { intValue: '9007199254740993' } },
    { key: 'list', value: { arrayValue: { values: [{ stringValue: 'a' }, { boolValue: true }] } } },
  ],
  status: { code: 'STATUS_CODE_ERROR', message: 'broke' },
};
const tempo = (spans: unknown[]): unknown => ({
  batches: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] },
      scopeSpans: [{ scope: { name: 'lib', version: '1' }, spans }],
    },
  ],
});

describe('fetchTrace', () => {
  it('keeps every nanosecond, every digit and the ids as hex', async () => {
    answer(tempo([span]));
    const trace = await fetchTrace(TRACE, signal);
    if (!trace.ok) throw new Error(trace.failure.message);
    expect(trace.value.root).toMatchObject({
      traceId: TRACE,
      spanId: '0123456789abcdef',
      parentId: '',
      service: 'shop',
      scope: 'lib 1',
      kind: 'server',
      status: 'error',
      start: 1700000000000000001n,
    });
    expect(trace.value.root.attributes[0]?.value).toEqual({ kind: 'int', value: '9007199254740993' });
  });

  it('says what is wrong with a broken answer, and where', async () => {
    answer(tempo([{ ...span, spanId: 'short' }]));
    const trace = await fetchTrace(TRACE, signal);
    expect(trace).toMatchObject({ ok: false, failure: { kind: 'malformed' } });
    expect(!trace.ok && trace.failure.message).toContain('batches[0].scopeSpans[0].spans[0].spanId');
    expect(!trace.ok && trace.failure.message).toContain('"short"');
  });

  it('tells a trace that is not there from a server that is not', async () => {
    answer('trace not found', 404);
    expect(await fetchTrace(TRACE, signal)).toMatchObject({ failure: { kind: 'notFound', message: 'trace not found' } });
    vi.stubGlobal('fetch', vi.fn(() => Promise.reject(new TypeError('refused'))));
    expect(await fetchTrace(TRACE, signal)).toMatchObject({ failure: { kind: 'unreachable' } });
  });
});

describe('fetchRange', () => {
  const request = { query: 'up', startMs: 1000, endMs: 2000, stepMs: 1000 };

  it('reads samples, infinities and warnings', async () => {
    answer({
      status: 'success',
      data: { resultType: 'matrix', result: [{ metric: { le: '1' }, values: [[1, '+Inf'], [2, '0.5']] }] },
      warnings: ['careful'],
    });
    const series = await fetchRange(request, signal);
    expect(series).toEqual({
      ok: true,
      value: { data: [{ labels: { le: '1' }, times: [1000, 2000], values: [Infinity, 0.5] }], warnings: ['careful'] },
    });
  });

  it("hands on the server's own words", async () => {
    answer({ status: 'error', errorType: 'bad_data', error: '1:4: parse error' }, 400);
    expect(await fetchRange(request, signal)).toMatchObject({ failure: { kind: 'refused', message: '1:4: parse error' } });
  });

  it('tells a query that took too long from a proxy without a server', async () => {
    answer({ status: 'error', errorType: 'timeout', error: 'query timed out' }, 503);
    expect(await fetchRange(request, signal)).toMatchObject({ failure: { kind: 'refused', message: 'query timed out' } });
    answer('<html>503</html>', 503);
    expect(await fetchRange(request, signal)).toMatchObject({ failure: { kind: 'unreachable' } });
  });

  it('sends a long query as a form', async () => {
    answer({ status: 'success', data: { resultType: 'matrix', result: [] } });
    await fetchRange({ ...request, query: 'x'.repeat(4000) }, signal);
    expect(vi.mocked(fetch).mock.calls[0]?.[1]?.method).toBe('POST');
  });
});

describe('fetchExemplars', () => {
  it('gives dots in order of time', async () => {
    const one = (timestamp: number, trace: string): unknown => ({
      labels: { trace_id: TRACE.toUpperCase(), span_id: '0123456789abcdef' },
      value: '0.25',
      timestamp,
      trace,
    });
    answer({ status: 'success', data: [{ seriesLabels: { le: '1' }, exemplars: [one(2.5, 'stored'), one(1.5, 'missing')] }] });
    const dots = await fetchExemplars({ query: 'h', startMs: 0, endMs: 1, limit: 1 }, signal);
    if (!dots.ok) throw new Error(dots.failure.message);
    expect(dots.value.data.map((dot) => [dot.timeMs, dot.value, dot.stored])).toEqual([[1500, 0.25, 'missing'], [2500, 0.25, 'stored']]);
    expect(dots.value.data[0]?.traceId).toBe(TRACE);
  });
});

describe('fetchTargets', () => {
  it('knows a target that was never scraped', async () => {
    answer({ status: 'success', data: { activeTargets: [{ health: 'down', lastError: 'refused', scrapeUrl: 'http://a/metrics', labels: { job: 'a' }, lastScrape: '0001-01-01T00:00:00Z', lastScrapeDuration: 0, scrapeInterval: '15s' }] } });
    const targets = await fetchTargets(signal);
    expect(targets.ok && targets.value[0]).toMatchObject({ health: 'down', lastError: 'refused', lastScrapeMs: null, intervalMs: 15_000 });
  });
});
