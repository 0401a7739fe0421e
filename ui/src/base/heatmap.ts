// Counts by time and bucket, out of a classic histogram's cumulative series.

export interface CumulativeSeries {
  readonly le: number;
  readonly times: readonly number[]; // ms
  readonly values: readonly number[];
}

export interface HeatmapGrid {
  readonly stepMs: number;
  // The end of each column, ascending, stepMs apart: a column counts (end - stepMs, end].
  readonly ends: readonly number[];
  // The finite upper bounds, ascending. Row r counts (bounds[r-1], bounds[r]]; the last row what is above.
  readonly bounds: readonly number[];
  readonly rows: number;
  // Column by column, `rows` counts each, never negative. NaN: nothing is known of that column.
  readonly counts: Float64Array;
  readonly largest: number;
  readonly total: number;
}

export const countAt = (grid: HeatmapGrid, column: number, row: number): number =>
  grid.counts[column * grid.rows + row] ?? NaN;

export function columnTotal(grid: HeatmapGrid, column: number): number {
  let total = 0;
  for (let row = 0; row < grid.rows; row++) total += countAt(grid, column, row);
  return total;
}

// Series of equal `le` are added ("1" and "1.0" are one bound). Counters read a moment apart may
// shrink from one bucket to the next: that is drawn as none, never as less than none.
export function heatmapGrid(
  series: readonly CumulativeSeries[],
  fromMs: number,
  toMs: number,
  stepMs: number,
): HeatmapGrid {
  const bounds = [...new Set(series.map((one) => one.le))].filter(Number.isFinite).sort((a, b) => a - b);
  const rows = bounds.length + 1;
  const rowOf = new Map(bounds.map((bound, row) => [bound, row]));
  const columns = Math.max(0, Math.floor((toMs - fromMs) / stepMs + 1e-6) + 1);
  const ends = Array.from({ length: columns }, (_, column) => fromMs + column * stepMs);
  const cumulative = new Float64Array(columns * rows).fill(NaN);
  for (const one of series) {
    const row = rowOf.get(one.le) ?? rows - 1;
    one.times.forEach((time, index) => {
      const column = Math.round((time - fromMs) / stepMs);
      const value = one.values[index] ?? NaN;
      if (column < 0 || column >= columns || Number.isNaN(value)) return;
      const at = column * rows + row;
      const held = cumulative[at] ?? NaN;
      cumulative[at] = Number.isNaN(held) ? value : held + value;
    });
  }
  let largest = 0;
  let total = 0;
  const counts = new Float64Array(columns * rows);
  for (let column = 0; column < columns; column++) {
    let below = 0;
    let known = false;
    for (let row = 0; row < rows; row++) {
      const at = column * rows + row;
      const value = cumulative[at] ?? NaN;
      if (Number.isNaN(value)) continue;
      known = true;
      const count = Math.max(0, value - below);
      counts[at] = count;
      below = Math.max(below, value);
      largest = Math.max(largest, count);
      total += count;
    }
    if (!known) counts.fill(NaN, column * rows, (column + 1) * rows);
  }
  return { stepMs, ends, bounds, rows, counts, largest, total };
}
