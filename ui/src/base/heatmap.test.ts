import { describe, expect, it } from 'vitest';
import { columnTotal, countAt, heatmapGrid } from './heatmap';

const at = (le: number, ...values: number[]) => ({
  le,
  times: values.map((_, i) => 1000 + i * 1000),
  values,
});

describe('heatmapGrid', () => {
  it('takes the bucket below out of each bucket', () => {
    const grid = heatmapGrid([at(Infinity, 10), at(0.1, 4), at(1, 9)], 1000, 1000, 1000);
    expect([0, 1, 2].map((row) => countAt(grid, 0, row))).toEqual([4, 5, 1]);
    expect(columnTotal(grid, 0)).toBe(10);
    expect(grid.largest).toBe(5);
  });

  // increase() extrapolates each bucket by itself, so cumulative counts may shrink a little.
  it('never counts below zero, and never twice', () => {
    const grid = heatmapGrid([at(0.1, 5), at(1, 4.9), at(Infinity, 6)], 1000, 1000, 1000);
    expect([0, 1, 2].map((row) => countAt(grid, 0, row))).toEqual([5, 0, 1]);
  });

  it('adds series whose bounds are one number', () => {
    const grid = heatmapGrid([at(1, 2), at(1, 3), at(Infinity, 6)], 1000, 1000, 1000);
    expect(grid.bounds).toEqual([1]);
    expect(countAt(grid, 0, 0)).toBe(5);
  });

  it('tells a column without data from a column of zeros', () => {
    const grid = heatmapGrid([at(1, 0), at(Infinity, 0)], 1000, 3000, 1000);
    expect(countAt(grid, 0, 0)).toBe(0);
    expect(countAt(grid, 1, 0)).toBeNaN();
    expect(grid.ends).toEqual([1000, 2000, 3000]);
  });
});
