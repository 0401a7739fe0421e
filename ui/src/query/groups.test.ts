import { describe, expect, it } from 'vitest';
import type { Series } from '../api/query';
import type { Dot } from '../base/dots';
import { timeMs } from '../base/time';
import { heatGroups, sortSeries } from './groups';
import { EMPTY_QUERY } from './state';

const series = (labels: Record<string, string>, ...values: number[]): Series => ({
  labels,
  times: values.map((_, i) => (i + 1) * 1000),
  values,
});
const dot = (region: string): Dot => ({ timeMs: 1500, value: 1, traceId: region, spanId: '', stored: 'stored', series: { region, le: '1', job: 'x' }, labels: {} });

describe('heatGroups', () => {
  const cells = [
    series({ le: '1', region: 'eu' }, 1, 2),
    series({ le: '+Inf', region: 'eu' }, 1, 3),
    series({ le: '1', region: 'us' }, 10, 10),
    series({ le: '+Inf', region: 'us' }, 10, 10),
  ];
  const groups = heatGroups(cells, { p95: [series({ region: 'eu' }, 5)] }, [dot('eu'), dot('us'), dot('eu')], { from: timeMs(0), to: timeMs(2000) }, 1000);

  it('gives each group its map, its lines and its own dots, the busiest first', () => {
    expect(groups.map((group) => group.labels)).toEqual([{ region: 'us' }, { region: 'eu' }]);
    expect(groups.map((group) => group.grid.total)).toEqual([20, 4]);
    expect(groups.map((group) => group.dots.length)).toEqual([1, 2]);
    expect(groups.map((group) => group.lines.length)).toEqual([0, 1]);
  });
});

describe('sortSeries', () => {
  const lines = [series({ a: '1' }, 1, 9, 2), series({ a: '2' }, 3, 3, 3), series({ a: '3' }, NaN)];
  const order = (more: object) => sortSeries(lines, { ...EMPTY_QUERY, ...more }).shown.map((one) => one.labels['a']);
  it('sorts by what is asked, unknown last, and says how many there were', () => {
    expect(order({})).toEqual(['1', '2', '3']);
    expect(order({ sort: 'last' })).toEqual(['2', '1', '3']);
    expect(order({ sort: 'name', descending: false })).toEqual(['3', '2', '1']);
    expect(sortSeries(lines, { ...EMPTY_QUERY, limit: 2 })).toMatchObject({ all: 3 });
    expect(order({ limit: 1 })).toEqual(['1']);
  });
});
