// A histogram over time with its exemplars on top: map, axes, marks and focus, each a layer of its own.

import { useMemo, type KeyboardEvent, type ReactNode } from 'react';
import { labelledEdges, type BucketAxis } from '../base/bucketAxis';
import { dotKey, neighbour, type Direction, type Dot } from '../base/dots';
import type { HeatmapGrid } from '../base/heatmap';
import type { Zone } from '../base/time';
import { Axes, type YTick } from './Axes';
import type { ColourMode } from './colour';
import styles from './HeatmapChart.module.css';
import { drawHeat } from './heatLayer';
import { inside, plotLayout } from './layout';
import { dotAt, drawFocus, drawMarks, placeDots, type QuantileLine } from './markLayer';
import type { ChartTheme } from './theme';
import { useCanvas } from './useCanvas';
import { usePointer } from './usePointer';

// Generous: a dot is 8 pixels wide, a finger is not.
const REACH = 12;
const LABEL_HEIGHT = 17;

export interface HeatmapChartProps {
  readonly width: number;
  readonly height: number;
  readonly grid: HeatmapGrid;
  readonly axis: BucketAxis;
  readonly fromMs: number;
  readonly toMs: number;
  readonly largest: number;
  readonly colour: ColourMode;
  readonly lines: readonly QuantileLine[];
  readonly dots: readonly Dot[];
  readonly selected: Dot | null;
  readonly focused: Dot | null; // Where the keyboard is.
  readonly theme: ChartTheme;
  readonly zone: Zone;
  readonly formatValue: (value: number) => string;
  readonly summary: string; // The chart in words.
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly onZoomOut: () => void;
  readonly onPick: (dot: Dot) => void;
  readonly onFocusDot: (dot: Dot | null) => void;
  readonly onPlaced?: (element: HTMLElement) => void;
  readonly renderDot: (dot: Dot) => ReactNode;
  readonly renderCell: (column: number, row: number) => ReactNode;
}

function yTicksOf(axis: BucketAxis, height: number, formatValue: (value: number) => string): readonly YTick[] {
  return labelledEdges(axis, LABEL_HEIGHT / Math.max(1, height)).map((index) => {
    const edge = axis.edges[index] ?? 0;
    const text = edge === Infinity ? '+Inf' : edge === -Infinity ? '−Inf' : formatValue(edge);
    return { position: axis.positions[index] ?? 0, text };
  });
}

function cellAt(grid: HeatmapGrid, axis: BucketAxis, timeMs: number, position: number): readonly [number, number] | null {
  const first = grid.ends[0];
  if (first === undefined) return null;
  const column = Math.ceil((timeMs - first) / grid.stepMs);
  if (column < 0 || column >= grid.ends.length) return null;
  for (let row = 0; row < grid.rows; row++) {
    if (position <= (axis.positions[row + 1] ?? 1)) return [column, row];
  }
  return null;
}

const KEYS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'earlier',
  ArrowRight: 'later',
  ArrowUp: 'larger',
  ArrowDown: 'smaller',
};

export function HeatmapChart(props: HeatmapChartProps): JSX.Element {
  const { width, height, grid, axis, fromMs, toMs, theme, largest, colour, lines, dots } = props;
  const ratio = window.devicePixelRatio;
  const layout = useMemo(() => plotLayout({ width, height }, ratio, fromMs, toMs), [width, height, ratio, fromMs, toMs]);
  const placed = useMemo(() => placeDots(dots, axis, layout), [dots, axis, layout]);
  const { formatValue } = props;
  const yTicks = useMemo(() => yTicksOf(axis, layout.height, formatValue), [axis, layout, formatValue]);
  const pointer = usePointer(layout, props.onZoom, (x, y) => {
    const dot = dotAt(placed, x, y, REACH);
    if (dot !== null) props.onPick(dot);
  });
  const { at, brush } = pointer;
  const underPointer = at !== null && brush === null ? dotAt(placed, at.x, at.y, REACH) : null;
  const hovered = underPointer ?? (at === null ? props.focused : null);

  const heat = useCanvas(width, height, ratio, (context) => drawHeat(context, { grid, axis, largest, colour }, layout, theme), [
    grid, axis, largest, colour, layout, theme,
  ]);
  const marks = useCanvas(
    width, height, ratio,
    (context) => drawMarks(context, { lines, dots: placed, axis, stepMs: grid.stepMs }, layout, theme),
    [lines, placed, axis, grid, layout, theme],
  );
  const focus = useCanvas(
    width, height, ratio,
    (context) => drawFocus(context, { pointer: at, hovered, selected: props.selected, brush }, placed, layout, theme),
    [at, hovered, props.selected, brush, placed, layout, theme],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = KEYS[event.key];
    if (direction !== undefined) {
      event.preventDefault();
      props.onFocusDot(neighbour(placed.map((one) => one.dot), props.focused ?? props.selected, direction));
    } else if ((event.key === 'Enter' || event.key === ' ') && props.focused !== null) {
      event.preventDefault();
      props.onPick(props.focused);
    } else if (event.key === 'Escape') {
      props.onFocusDot(null);
    }
  };

  const anchor =
    at ?? placed.find((one) => props.focused !== null && dotKey(one.dot) === dotKey(props.focused)) ?? null;
  const cell = at !== null && inside(layout, at.x, at.y) ? cellAt(grid, axis, layout.timeAt(at.x), layout.positionAt(at.y)) : null;
  const tip = hovered !== null ? props.renderDot(hovered) : cell !== null && brush === null ? props.renderCell(cell[0], cell[1]) : null;

  return (
    <div
      ref={(element) => {
        if (element !== null) props.onPlaced?.(element);
      }}
      className={styles['chart']}
      style={{ width, height, cursor: underPointer !== null ? 'pointer' : 'crosshair' }}
      role="application"
      tabIndex={0}
      aria-label={props.summary}
      aria-roledescription="heatmap; arrow keys move between exemplars, Enter opens the trace"
      data-testid="heatmap"
      data-dots={dots.length}
      {...pointer.handlers}
      onDoubleClick={props.onZoomOut}
      onKeyDown={onKeyDown}
      onBlur={() => props.onFocusDot(null)}
    >
      <canvas ref={heat} className={styles['layer']} data-testid="heat-layer" />
      <Axes width={width} height={height} fromMs={fromMs} toMs={toMs} zone={props.zone} yTicks={yTicks} theme={theme} />
      <canvas ref={marks} className={styles['layer']} data-testid="mark-layer" />
      <canvas ref={focus} className={styles['layer']} />
      {tip !== null && anchor !== null && (
        <div className={styles['tip']} style={tipPlace(anchor, width, height)} data-testid="chart-tip" role="status">
          {tip}
        </div>
      )}
    </div>
  );
}

// Beside the pointer, on the side with room.
export function tipPlace(at: { readonly x: number; readonly y: number }, width: number, height: number): React.CSSProperties {
  return {
    ...(at.x > width / 2 ? { right: width - at.x + 16 } : { left: at.x + 16 }),
    ...(at.y > height / 2 ? { bottom: height - at.y + 12 } : { top: at.y + 12 }),
  };
}
