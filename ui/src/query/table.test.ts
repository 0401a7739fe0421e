import { describe, expect, it } from 'vitest';
import { heatmapGrid } from '../base/heatmap';
import { tableOf } from './table';

describe('tableOf', () => {
  it('gives a heatmap a row a step, with nothing where nothing is known', () => {
    const series = [{ le: 1, times: [1000], values: [2] }, { le: Infinity, times: [1000], values: [5] }];
    const grid = heatmapGrid(series, 1000, 2000, 1000);
    const groups = { shown: [{ key: '', labels: {}, grid, lines: [], dots: [] }], all: 1 };
    expect(tableOf({ kind: 'heatmap', groups }, 'utc')).toEqual([
      ['time', 'le 1', 'le +Inf'],
      ['1970-01-01 00:00:01', 2, 3],
      ['1970-01-01 00:00:02', null, null],
    ]);
  });
  it('gives lines a row a time', () => {
    const series = { shown: [{ labels: { a: '1' }, times: [1000], values: [2] }, { labels: { a: '2' }, times: [2000], values: [3] }], all: 2 };
    expect(tableOf({ kind: 'lines', series }, 'utc')).toEqual([
      ['time', '{a="1"}', '{a="2"}'],
      ['1970-01-01 00:00:01', 2, null],
      ['1970-01-01 00:00:02', null, 3],
    ]);
  });
});
