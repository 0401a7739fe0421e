// Series as lines, with a legend that lists them and picks one out.

import { useCallback, useMemo, useState } from 'react';
import type { Series } from '../../api/query';
import { formatValue } from '../../base/format';
import { labelsKey, labelsText } from '../../base/labels';
import { between, zoomOut } from '../../base/range';
import { formatDateTime, timeMs } from '../../base/time';
import type { Line } from '../../charts/lineLayer';
import { LinesChart } from '../../charts/LinesChart';
import type { MetricEntry } from '../../query/catalog';
import { measure, type Limited } from '../../query/groups';
import { unitOfQuery } from '../../query/promql';
import type { Query } from '../../query/state';
import type { Run } from '../../query/useRun';
import { useSize } from '../../widgets/useSize';
import { useChartTheme } from '../useChartTheme';
import styles from './LinesPanel.module.css';
import type { Explorer } from './useExplorer';

interface Props {
  readonly run: Run;
  readonly series: Limited<Series>;
  readonly query: Query;
  readonly entry: MetricEntry;
  readonly explorer: Explorer;
  readonly tall: boolean;
}

// The part of the labels that tells one line from another reads better than all of them.
function namesOf(series: readonly Series[]): readonly string[] {
  const first = series[0]?.labels ?? {};
  const same = Object.keys(first).filter((name) => series.every((one) => one.labels[name] === first[name]));
  return series.map((one) => {
    const left = Object.entries(one.labels).filter(([name]) => name !== '__name__' && (series.length === 1 || !same.includes(name)));
    const text = left.map(([name, value]) => `${name}="${value}"`).join(', ');
    return text !== '' ? text : labelsText(one.labels) === '{}' ? 'value' : labelsText(one.labels);
  });
}

export function LinesPanel({ run, series, query, entry, explorer, tall }: Props): JSX.Element {
  const { state, change } = explorer;
  const theme = useChartTheme();
  const [box, size] = useSize<HTMLDivElement>();
  const [bright, setBright] = useState<string | null>(null);
  const unit = unitOfQuery(query, entry, 'lines');
  const text = useCallback((value: number) => formatValue(value, unit), [unit]);
  const lines = useMemo<readonly Line[]>(() => {
    const names = namesOf(series.shown);
    return series.shown.map((one, index) => ({
      key: labelsKey(one.labels),
      name: names[index] ?? '',
      colour: theme.series[index % theme.series.length] ?? theme.text,
      times: one.times,
      values: one.values,
    }));
  }, [series, theme]);
  const { from, to } = run.span;
  return (
    <div className={styles['panel']}>
      <div ref={box} className={styles['box']} data-tall={tall || undefined}>
        {size.width > 0 && (
          <LinesChart
            width={size.width}
            height={size.height}
            lines={lines}
            fromMs={from}
            toMs={to}
            stepMs={run.steps?.stepMs ?? 1}
            theme={theme}
            zone={state.zone}
            tickBase={unit === 'bytes' ? 2 : 10}
            formatValue={text}
            summary={`${entry.name}: ${lines.length} lines from ${formatDateTime(from, state.zone)} to ${formatDateTime(to, state.zone)}`}
            highlighted={bright}
            onZoom={(a, b) => change({ range: between(a, b) })}
            onZoomOut={() => change({ range: zoomOut(state.range, to) })}
            renderTip={(line, time, value) => (
              <>
                <b>{formatValue(value, unit, 5)}</b> · {formatDateTime(timeMs(time), state.zone)}
                <br />
                {line.name}
              </>
            )}
          />
        )}
      </div>
      <ul className={styles['legend']} aria-label="Lines">
        {lines.map((line) => (
          <li key={line.key} onPointerEnter={() => setBright(line.key)} onPointerLeave={() => setBright(null)}>
            <i style={{ background: line.colour }} />
            <span>{line.name}</span>
            <b>{formatValue(measure(line.values, 'last'), unit)}</b>
          </li>
        ))}
      </ul>
    </div>
  );
}
