// Axes and grid by uPlot, between our map below and our marks above. One uPlot for the life of the
// chart: it reads what it draws from the last properties, so a live chart does not blink.

import { useLayoutEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatClock, formatDate, timeMs, zoneName, type Zone } from '../base/time';
import { MARGIN, timeTicks } from './layout';
import type { ChartTheme } from './theme';

export interface YTick {
  readonly position: number; // 0 at the foot, 1 at the top.
  readonly text: string;
}

export interface AxesProps {
  readonly width: number;
  readonly height: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly zone: Zone;
  readonly yTicks: readonly YTick[];
  readonly theme: ChartTheme;
}

// Whole pixels: uPlot scales the number before "px" and knows no fraction.
const FONT = '12px "Inter Variable", system-ui, sans-serif';
const TICK_GAP = 92;

function tickText(time: number, index: number, step: number, zone: Zone): string {
  const clock = formatClock(timeMs(time), zone, step < 60_000);
  const date = formatDate(timeMs(time), zone).slice(5);
  if (step >= 86_400_000) return date;
  return clock === '00:00' || (index === 0 && step >= 3_600_000) ? `${date} ${clock}` : clock;
}

export function Axes(props: AxesProps): JSX.Element {
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  const plot = useRef<uPlot | null>(null);
  latest.current = props;

  useLayoutEffect(() => {
    const now = (): AxesProps => latest.current;
    const stroke = (): string => now().theme.text;
    const grid = { stroke: () => now().theme.grid, width: 1 };
    const made = new uPlot(
      {
        width: now().width,
        height: now().height,
        padding: [MARGIN.top, MARGIN.right, 0, 0],
        legend: { show: false },
        cursor: { show: false },
        scales: {
          x: { time: true, range: () => [now().fromMs / 1000, now().toMs / 1000] },
          y: { range: () => [0, 1] },
        },
        series: [{}, { show: false }],
        axes: [
          {
            size: MARGIN.bottom,
            stroke,
            font: FONT,
            grid,
            ticks: { ...grid, size: 5 },
            gap: 6,
            splits: () => {
              const { fromMs, toMs, width, zone } = now();
              const offset = zone === 'utc' ? 0 : -new Date(toMs).getTimezoneOffset() * 60_000;
              const inner = width - MARGIN.left - MARGIN.right;
              return timeTicks(fromMs, toMs, inner, TICK_GAP, offset).map((time) => time / 1000);
            },
            values: (_, splits) => {
              const [first, second] = splits;
              const { fromMs, toMs } = now();
              const step = first !== undefined && second !== undefined ? (second - first) * 1000 : toMs - fromMs;
              return splits.map((time, index) => tickText(time * 1000, index, step, now().zone));
            },
          },
          {
            size: MARGIN.left,
            stroke,
            font: FONT,
            grid,
            ticks: { show: false },
            gap: 8,
            splits: () => now().yTicks.map((tick) => tick.position),
            values: () => now().yTicks.map((tick) => tick.text),
          },
        ],
      },
      [[], []],
      host.current ?? undefined,
    );
    plot.current = made;
    return () => {
      made.destroy();
      plot.current = null;
    };
  }, []);

  useLayoutEffect(() => {
    const made = plot.current;
    if (made === null) return;
    if (made.width !== props.width || made.height !== props.height) {
      made.setSize({ width: props.width, height: props.height });
    }
    made.setData([[props.fromMs / 1000, props.toMs / 1000], [0, 1]]);
    // Ticks may change while the scales do not, as from log to linear.
    made.redraw(false, true);
  }, [props.width, props.height, props.fromMs, props.toMs, props.zone, props.yTicks, props.theme]);

  return (
    <div ref={host} aria-hidden="true" style={{ position: 'absolute', inset: 0 }}>
      <span
        style={{ position: 'absolute', left: 8, bottom: 9, fontSize: 10.5, color: props.theme.text, opacity: 0.8 }}
      >
        {zoneName(timeMs(props.toMs), props.zone)}
      </span>
    </div>
  );
}
