import { describe, expect, it } from 'vitest';
import type { Span } from './span';
import { timeNs } from './time';
import { summarise, traceTree, visibleRows } from './traceTree';

const span = (spanId: string, parentId: string, start: number, end: number, more: Partial<Span> = {}): Span => ({
  traceId: 't',
  spanId,
  parentId,
  name: `op-${spanId}`,
  kind: 'server',
  service: 'shop',
  start: timeNs(BigInt(start)),
  end: timeNs(BigInt(end)),
  status: 'unset',
  statusMessage: '',
  attributes: [],
  events: [],
  links: [],
  resource: [],
  scope: '',
  ...more,
});

const ids = (rows: readonly { span: Span }[]): string => rows.map((row) => row.span.spanId).join(' ');
const none: ReadonlySet<string> = new Set();

describe('traceTree', () => {
  const trace = traceTree('t', [
    span('d', 'b', 30, 40, { status: 'error' }),
    span('a', '', 0, 100),
    span('c', 'a', 60, 95),
    span('b', 'a', 10, 50),
  ]);
  if (trace === null) throw new Error('no trace');

  it('puts parents first and children by start', () => {
    expect(ids(trace.rows)).toBe('a b d c');
    expect(trace.rows.map((row) => row.depth)).toEqual([0, 1, 2, 1]);
    expect(trace.rows.map((row) => row.descendants)).toEqual([3, 1, 0, 0]);
    expect(trace.rows.map((row) => row.last)).toEqual([true, false, true, true]);
    expect(trace.errors).toBe(1);
  });

  it('counts self time outside of all children', () => {
    expect(trace.rows.map((row) => row.selfNs)).toEqual([25, 30, 10, 35]);
  });

  it('follows what the end waited for', () => {
    expect(trace.rows.filter((row) => row.critical).map((row) => row.span.spanId)).toEqual(['a', 'b', 'd', 'c']);
    const parallel = traceTree('t', [span('a', '', 0, 100), span('b', 'a', 0, 90), span('c', 'a', 0, 40)]);
    expect(parallel?.rows.filter((row) => row.critical).map((row) => row.span.spanId)).toEqual(['a', 'b']);
  });

  it('hides what is collapsed, and shows matches with the way to them', () => {
    expect(ids(visibleRows(trace, new Set(['b']), ''))).toBe('a b c');
    expect(ids(visibleRows(trace, new Set(['b']), 'OP-d'))).toBe('a b d');
    expect(visibleRows(trace, none, 'nothing of that kind')).toEqual([]);
  });

  it('sums by service and name', () => {
    const twice = traceTree('t', [span('a', '', 0, 10), span('b', 'a', 0, 4, { name: 'x' }), span('c', 'a', 4, 9, { name: 'x' })]);
    expect(twice && summarise(twice).find((one) => one.name === 'x')).toMatchObject({ count: 2, totalNs: 9 });
  });

  // Foreign data: none of this may hang or lose a span.
  it('stands orphans, cycles, repeated ids and long chains', () => {
    const odd = traceTree('t', [span('a', 'gone', 0, 5), span('b', 'c', 1, 2), span('c', 'b', 1, 2), span('a', '', 0, 9)]);
    expect(odd?.rows.map((row) => row.span.spanId).sort()).toEqual(['a', 'b', 'c']);
    expect(odd?.rows.find((row) => row.span.spanId === 'a')?.orphan).toBe(true);
    const chain = traceTree('t', Array.from({ length: 20_000 }, (_, i) => span(`s${i}`, i === 0 ? '' : `s${i - 1}`, i, 30_000)));
    expect(chain?.rows[19_999]?.depth).toBe(19_999);
    expect(traceTree('t', [])).toBeNull();
  });
});
