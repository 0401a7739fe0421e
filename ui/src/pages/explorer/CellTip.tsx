// What a cell of the map says when pointed at.

import type { BucketAxis } from '../../base/bucketAxis';
import { formatCount, formatPercent, formatValue, type Unit } from '../../base/format';
import { columnTotal, countAt, type HeatmapGrid } from '../../base/heatmap';
import { formatClock, formatDateTime, timeMs, type TimeMs, type Zone } from '../../base/time';
import type { QuantileSeries } from '../../query/groups';
import styles from './Tip.module.css';

interface Props {
  readonly grid: HeatmapGrid;
  readonly axis: BucketAxis;
  readonly lines: readonly QuantileSeries[];
  readonly column: number;
  readonly row: number;
  readonly unit: Unit;
  readonly zone: Zone;
  readonly nowMs: TimeMs;
}

export function bucketText(low: number, high: number, unit: Unit): string {
  if (high === Infinity) return `above ${formatValue(low, unit)}`;
  if (low === -Infinity) return `up to ${formatValue(high, unit)}`;
  return `${formatValue(low, unit)} – ${formatValue(high, unit)}`;
}

export function CellTip({ grid, axis, lines, column, row, unit, zone, nowMs }: Props): JSX.Element | null {
  const end = grid.ends[column];
  if (end === undefined) return null;
  const count = countAt(grid, column, row);
  const total = columnTotal(grid, column);
  const partial = end > nowMs && end - grid.stepMs < nowMs;
  return (
    <div data-testid="cell-tip">
      <div className={styles['lead']}>
        <b>{bucketText(axis.edges[row] ?? 0, axis.edges[row + 1] ?? Infinity, unit)}</b>
        <span>
          {formatDateTime(timeMs(end - grid.stepMs), zone)} – {formatClock(timeMs(end), zone)}
        </span>
      </div>
      {Number.isNaN(count) ? (
        <div className={styles['act']}>no data in this step</div>
      ) : (
        <dl className={styles['pairs']}>
          <div>
            <dt>count</dt>
            <dd>
              {formatCount(count)} of {formatCount(total)}
              {partial && ' so far'}
            </dd>
          </div>
          <div>
            <dt>share</dt>
            <dd>{total > 0 ? formatPercent(count / total) : '–'}</dd>
          </div>
          {lines.map((line) => {
            const at = line.times.findIndex((time) => Math.abs(time - end) < 1);
            const value = at < 0 ? NaN : (line.values[at] ?? NaN);
            return Number.isNaN(value) ? null : (
              <div key={line.layer}>
                <dt>{line.layer}</dt>
                <dd>{formatValue(value, unit)}</dd>
              </div>
            );
          })}
        </dl>
      )}
    </div>
  );
}
