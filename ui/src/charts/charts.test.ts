import { describe, expect, it } from 'vitest';
import { bucketAxis } from '../base/bucketAxis';
import { heatmapGrid } from '../base/heatmap';
import { rgbToLab } from '../base/oklab';
import { countOf, legendCounts, paletteIndex, shareOf } from './colour';
import { drawHeat } from './heatLayer';
import { plotLayout, timeTicks } from './layout';
import { lineAxis, nearestLine } from './lineLayer';
import { dotAt, placeDots } from './markLayer';
import { DARK_THEME, LIGHT_THEME } from './theme';

describe('colour', () => {
  it.each(['log', 'sqrt', 'linear'] as const)('orders counts and takes them there and back on %s', (mode) => {
    const shares = [0, 1, 10, 400, 1000].map((count) => shareOf(count, 1000, mode));
    expect(shares).toEqual([...shares].sort((a, b) => a - b));
    expect(shares[4]).toBe(1);
    expect(countOf(shareOf(123, 1000, mode), 1000, mode)).toBeCloseTo(123, 6);
    expect(paletteIndex(1000, 1000, mode, 256)).toBe(255);
  });
  // "100245" under a legend is two numbers that nobody can read.
  it.each(['log', 'sqrt', 'linear'] as const)('numbers the legend with room between, on %s', (mode) => {
    for (const largest of [1, 7, 245, 394, 12_345]) {
      const counts = legendCounts(largest, mode);
      const shares = counts.map((count) => shareOf(count, largest, mode));
      expect(counts.at(-1)).toBe(largest);
      expect(shares.slice(1).every((share, i) => share - (shares[i] ?? 0) > 0.05)).toBe(true);
      expect(1 - (shares.at(-2) ?? 0)).toBeGreaterThanOrEqual(0.2);
    }
  });
  // In light and in dark the most counted cell is the one furthest from the page.
  it('lightens on dark and darkens on light', () => {
    const ends = (theme: typeof DARK_THEME) => [0, 255].map((i) => rgbToLab(theme.palette[i] ?? [0, 0, 0])[0]);
    const [darkLow = 0, darkHigh = 0] = ends(DARK_THEME);
    const [lightLow = 0, lightHigh = 0] = ends(LIGHT_THEME);
    expect(darkHigh - darkLow).toBeGreaterThan(0.5);
    expect(lightLow - lightHigh).toBeGreaterThan(0.5);
  });
});

describe('layout', () => {
  const layout = plotLayout({ width: 1000, height: 500 }, 2, 10_000, 20_000);
  it('maps time there and back', () => {
    expect(layout.timeAt(layout.xOf(12_345))).toBeCloseTo(12_345, 6);
    expect(layout.positionAt(layout.yOfPosition(0.25))).toBeCloseTo(0.25, 9);
  });
  it('ticks at round times of the zone', () => {
    expect(timeTicks(0, 3_600_000, 600, 100, 0)).toEqual([0, 600_000, 1_200_000, 1_800_000, 2_400_000, 3_000_000, 3_600_000]);
    expect(timeTicks(0, 86_400_000 * 2, 300, 100, 3_600_000)[0]).toBe(82_800_000);
  });
  it('hits the nearest dot within reach, and none beyond', () => {
    const axis = bucketAxis([0.1, 1], 'log', 1);
    const dot = (timeMs: number, value: number) => ({ timeMs, value, traceId: String(timeMs), spanId: '', stored: 'stored' as const, series: {}, labels: {} });
    const placed = placeDots([dot(12_000, 0.5), dot(12_100, 0.5), dot(99_000, 0.5)], axis, layout);
    expect(placed).toHaveLength(2);
    const [first] = placed;
    if (first === undefined) throw new Error('no dot');
    expect(dotAt(placed, first.x - 3, first.y + 2, 12)?.timeMs).toBe(12_000);
    expect(dotAt(placed, first.x - 60, first.y, 12)).toBeNull();
  });
});

describe('drawHeat', () => {
  it('fills each known cell once, within the plot and without holes between', () => {
    const series = [1, 2, Infinity].map((le, i) => ({ le, times: [2000, 4000], values: [i + 1, 2 * i] }));
    const grid = heatmapGrid(series, 2000, 4000, 1000);
    const rects: [string, number, number, number, number][] = [];
    let style = '';
    const context = {
      canvas: { width: 1, height: 1 },
      setTransform: () => undefined,
      clearRect: () => undefined,
      set fillStyle(value: string) { style = value; },
      fillRect: (x: number, y: number, w: number, h: number) => rects.push([style, x, y, w, h]),
    } as unknown as CanvasRenderingContext2D;
    const layout = plotLayout({ width: 412, height: 240 }, 1, 1000, 4000);
    drawHeat(context, { grid, axis: bucketAxis(grid.bounds, 'log', 1), largest: grid.largest, colour: 'log' }, layout, DARK_THEME);
    const cells = rects.slice(1, 7);
    const lines = rects.slice(7);
    expect(lines.every(([colour, , , , h]) => colour === DARK_THEME.surface && h === 1)).toBe(true);
    expect(cells[3]?.[0]).toBe(DARK_THEME.zero);
    expect(cells.every(([, x, , w]) => x >= layout.left && x + w <= layout.left + layout.width)).toBe(true);
    const [, low, high] = cells.slice(0, 3);
    expect((low?.[2] ?? 0) - ((high?.[2] ?? 0) + (high?.[4] ?? 0))).toBe(0);
  });
});

describe('lines', () => {
  const line = { key: 'a', name: 'a', colour: '', times: [1000, 2000, 3000], values: [30, NaN, 70] };
  it('have round ticks around all values', () => {
    expect(lineAxis([line], 4, 10).ticks).toEqual([0, 20, 40, 60, 80]);
    expect(lineAxis([{ ...line, values: [3e6, 7e6] }], 4, 2).ticks).toEqual([0, 1, 2, 3, 4].map((n) => n * 2 ** 21));
    expect(lineAxis([], 4, 10).ticks).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect(lineAxis([{ ...line, values: [5, 5] }], 4, 10).high).toBeGreaterThanOrEqual(5);
  });
  it('are found by the pointer where they have a value', () => {
    const layout = plotLayout({ width: 500, height: 300 }, 1, 1000, 3000);
    const axis = lineAxis([line], 4, 10);
    expect(nearestLine([line], axis, layout, layout.xOf(2900), 0)?.value).toBe(70);
    expect(nearestLine([line], axis, layout, layout.xOf(2000), 0)).toBeNull();
  });
});
