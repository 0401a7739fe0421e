// One heatmap of a group, with its dots and what they say.

import { useCallback, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { BucketAxis } from '../../base/bucketAxis';
import { thinDots, type Dot } from '../../base/dots';
import { formatCount, formatValue, type Unit } from '../../base/format';
import { between } from '../../base/range';
import { formatDateTime, timeMs, type TimeMs } from '../../base/time';
import { HeatmapChart } from '../../charts/HeatmapChart';
import { plotLayout } from '../../charts/layout';
import { placeDots } from '../../charts/markLayer';
import type { ChartTheme } from '../../charts/theme';
import type { HeatGroup } from '../../query/groups';
import type { Run } from '../../query/useRun';
import { zoomOut } from '../../base/range';
import { useSize } from '../../widgets/useSize';
import { CellTip } from './CellTip';
import { DotTip } from './DotTip';
import styles from './HeatPanel.module.css';
import { showDots } from './testHook';
import type { Explorer } from './useExplorer';

interface Props {
  readonly group: HeatGroup;
  readonly titled: boolean;
  readonly axis: BucketAxis;
  readonly largest: number;
  readonly unit: Unit;
  readonly run: Run;
  readonly explorer: Explorer;
  readonly theme: ChartTheme;
  readonly name: string;
  readonly now: TimeMs;
  readonly tall: boolean;
}

// More would hide the map: those left out are counted beside it. A small map takes fewer.
const MOST_DOTS = 400;
const LEAST_DOTS = 80;
const AREA_PER_DOT = 1_500; // Square pixels.
const NONE: readonly Dot[] = [];

export function HeatPanel(props: Props): JSX.Element {
  const { group, axis, unit, run, explorer, theme, now } = props;
  const { state, change } = explorer;
  const [box, size] = useSize<HTMLDivElement>();
  const [focused, setFocused] = useState<Dot | null>(null);
  const room = Math.min(MOST_DOTS, Math.max(LEAST_DOTS, Math.round((size.width * size.height) / AREA_PER_DOT)));
  const shown = useMemo(
    () => (state.hidden.includes('dots') ? NONE : thinDots(group.dots, room)),
    [group.dots, state.hidden, room],
  );
  const { trace } = state;
  const selected = useMemo(
    () =>
      trace === null
        ? null
        : (shown.find((dot) => dot.traceId === trace.traceId && dot.spanId === trace.spanId) ??
          shown.find((dot) => dot.traceId === trace.traceId) ??
          null),
    [shown, trace],
  );
  const text = useCallback((value: number) => formatValue(value, unit), [unit]);
  const { from, to } = run.span;

  const element = useRef<HTMLElement | null>(null);
  const id = useId();
  useEffect(
    () =>
      showDots(id, () => {
        if (element.current === null) return [];
        const corner = element.current.getBoundingClientRect();
        const layout = plotLayout(size, window.devicePixelRatio, from, to);
        return placeDots(shown, axis, layout).map(({ dot, x, y }) => ({
          traceId: dot.traceId,
          spanId: dot.spanId,
          stored: dot.stored,
          x: corner.left + x,
          y: corner.top + y,
        }));
      }),
    [id, shown, axis, size, from, to],
  );

  const pick = (dot: Dot): void => {
    if (dot.traceId !== '') change({ trace: { traceId: dot.traceId, spanId: dot.spanId } });
  };
  const labels = Object.entries(group.labels);
  return (
    <div className={styles['panel']}>
      {(props.titled || shown.length < group.dots.length) && (
        <div className={styles['title']}>
          {props.titled && (
            <code>{labels.map(([name, value]) => `${name}="${value}"`).join(', ')}</code>
          )}
          {props.titled && <span>{formatCount(group.grid.total)} observations</span>}
          {shown.length < group.dots.length && !state.hidden.includes('dots') && (
            <span data-testid="thinned">
              drawing {formatCount(shown.length)} of {formatCount(group.dots.length)} exemplars: the slowest, and the rest spread evenly
            </span>
          )}
        </div>
      )}
      <div ref={box} className={styles['box']} data-tall={props.tall || undefined}>
        {size.width > 0 && (
          <HeatmapChart
            width={size.width}
            height={size.height}
            grid={group.grid}
            axis={axis}
            fromMs={from}
            toMs={to}
            largest={props.largest}
            colour={state.colour}
            lines={group.lines}
            dots={shown}
            selected={selected}
            focused={focused}
            theme={theme}
            zone={state.zone}
            formatValue={text}
            summary={`${props.name} from ${formatDateTime(from, state.zone)} to ${formatDateTime(to, state.zone)}: ${formatCount(group.grid.total)} observations in ${group.grid.rows} buckets, ${group.dots.length} exemplars`}
            onZoom={(a, b) => change({ range: between(a, b) })}
            onZoomOut={() => change({ range: zoomOut(state.range, now) })}
            onPick={pick}
            onFocusDot={setFocused}
            onPlaced={(placed) => {
              element.current = placed;
            }}
            renderDot={(dot) => <DotTip dot={dot} unit={unit} zone={state.zone} />}
            renderCell={(column, row) => (
              <CellTip grid={group.grid} axis={axis} lines={group.lines} column={column} row={row} unit={unit} zone={state.zone} nowMs={timeMs(now)} />
            )}
          />
        )}
      </div>
    </div>
  );
}
