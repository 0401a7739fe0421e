// Series as lines, on the same axes as the heatmap so that both read alike.

import { useMemo, type ReactNode } from 'react';
import type { Zone } from '../base/time';
import { Axes, type YTick } from './Axes';
import styles from './HeatmapChart.module.css';
import { tipPlace } from './HeatmapChart';
import { plotLayout } from './layout';
import type { ChartTheme } from './theme';
import { useCanvas } from './useCanvas';
import { usePointer } from './usePointer';
import { drawLines, drawLinesFocus, lineAxis, nearestLine, type Line } from './lineLayer';

export interface LinesChartProps {
  readonly width: number;
  readonly height: number;
  readonly lines: readonly Line[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly theme: ChartTheme;
  readonly zone: Zone;
  readonly tickBase: 2 | 10;
  readonly formatValue: (value: number) => string;
  readonly summary: string;
  readonly highlighted: string | null; // Key of a line.
  readonly onZoom: (fromMs: number, toMs: number) => void;
  readonly onZoomOut: () => void;
  readonly renderTip: (line: Line, timeMs: number, value: number) => ReactNode;
}

export function LinesChart(props: LinesChartProps): JSX.Element {
  const { width, height, lines, fromMs, toMs, stepMs, theme, formatValue } = props;
  const ratio = window.devicePixelRatio;
  const layout = useMemo(() => plotLayout({ width, height }, ratio, fromMs, toMs), [width, height, ratio, fromMs, toMs]);
  const axis = useMemo(() => lineAxis(lines, Math.max(2, Math.floor(layout.height / 48)), props.tickBase), [lines, layout, props.tickBase]);
  const yTicks = useMemo<readonly YTick[]>(
    () => axis.ticks.map((value) => ({ position: axis.toPosition(value), text: formatValue(value) })),
    [axis, formatValue],
  );
  const pointer = usePointer(layout, props.onZoom, () => undefined);
  const { at, brush } = pointer;
  const near = at !== null && brush === null ? nearestLine(lines, axis, layout, at.x, at.y) : null;
  const bright = near?.line.key ?? props.highlighted;
  const drawing = useCanvas(
    width, height, ratio,
    (context) => drawLines(context, lines, axis, stepMs, bright, layout),
    [lines, axis, stepMs, bright, layout],
  );
  const focus = useCanvas(width, height, ratio, (context) => drawLinesFocus(context, near, at, brush, layout, theme), [
    near?.x, near?.y, at, brush, layout, theme,
  ]);
  return (
    <div
      className={styles['chart']}
      style={{ width, height, cursor: 'crosshair' }}
      role="img"
      aria-label={props.summary}
      data-testid="lines"
      data-series={lines.length}
      {...pointer.handlers}
      onDoubleClick={props.onZoomOut}
    >
      <Axes width={width} height={height} fromMs={fromMs} toMs={toMs} zone={props.zone} yTicks={yTicks} theme={theme} />
      <canvas ref={drawing} className={styles['layer']} />
      <canvas ref={focus} className={styles['layer']} />
      {near !== null && (
        <div className={styles['tip']} style={tipPlace(near, width, height)} data-testid="chart-tip">
          {props.renderTip(near.line, near.timeMs, near.value)}
        </div>
      )}
    </div>
  );
}
