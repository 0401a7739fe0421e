// The heatmaps of one query under one legend: one map, or one a group on a shared scale.

import { SegmentedControl } from '@mantine/core';
import { useMemo } from 'react';
import { bucketAxis, canBeLog } from '../../base/bucketAxis';
import type { Dot } from '../../base/dots';
import { formatCount } from '../../base/format';
import type { TimeMs } from '../../base/time';
import { ColourLegend } from '../../charts/ColourLegend';
import type { MetricEntry } from '../../query/catalog';
import type { HeatGroup, Limited } from '../../query/groups';
import { unitOfQuery } from '../../query/promql';
import { COLOUR_SCALES, LAYERS, type Layer, type Query } from '../../query/state';
import { MAX_DOTS, type Run } from '../../query/useRun';
import { useChartTheme } from '../useChartTheme';
import { HeatPanel } from './HeatPanel';
import styles from './HeatPanels.module.css';
import type { Explorer } from './useExplorer';

interface Props {
  readonly run: Run;
  readonly groups: Limited<HeatGroup>;
  readonly query: Query;
  readonly entry: MetricEntry;
  readonly explorer: Explorer;
  readonly now: TimeMs;
  readonly tall: boolean; // The only thing on the page: as high as there is room.
}

const LAYER_NAMES: Readonly<Record<Layer, string>> = { p50: 'p50', p95: 'p95', p99: 'p99', dots: 'exemplars' };

// `all`: how many the server gave, of which a limit may show only a part of the groups.
function dotsText(dots: readonly Dot[], all: number): string {
  if (dots.length === 0) return 'no exemplars in this range';
  const missing = dots.filter((dot) => dot.stored === 'missing').length;
  const none = dots.filter((dot) => dot.stored === 'none').length;
  return [
    `${formatCount(dots.length)} ${dots.length === 1 ? 'exemplar' : 'exemplars'}${all >= MAX_DOTS ? ' (more were not asked for)' : ''}`,
    ...(missing > 0 ? [`${formatCount(missing)} hollow: trace not stored`] : []),
    ...(none > 0 ? [`${formatCount(none)} without a trace id`] : []),
  ].join(', ');
}

export function HeatPanels({ run, groups, query, entry, explorer, now, tall }: Props): JSX.Element {
  const { state, change } = explorer;
  const theme = useChartTheme();
  const shown = groups.shown;
  const unit = unitOfQuery(query, entry, 'heatmap');
  const bounds = useMemo(
    () => [...new Set(shown.flatMap((group) => [...group.grid.bounds]))].sort((a, b) => a - b),
    [shown],
  );
  const largest = shown.reduce((most, group) => Math.max(most, group.grid.largest), 0);
  const highest = shown.reduce((most, group) => group.dots.reduce((top, dot) => Math.max(top, dot.value), most), -Infinity);
  const total = shown.reduce((sum, group) => sum + group.grid.total, 0);
  const dots = shown.flatMap((group) => group.dots);
  const logPossible = canBeLog(bounds);
  const toggle = (layer: Layer): void =>
    change({
      hidden: state.hidden.includes(layer) ? state.hidden.filter((one) => one !== layer) : LAYERS.filter((one) => one === layer || state.hidden.includes(one)),
    });
  return (
    <div className={styles['panels']}>
      <div className={styles['legend']}>
        {LAYERS.map((layer) => (
          <button
            key={layer}
            type="button"
            className={styles['layer']}
            aria-pressed={!state.hidden.includes(layer)}
            onClick={() => toggle(layer)}
            data-testid={`layer-${layer}`}
          >
            {layer === 'dots' ? (
              <i className={styles['dot']} style={{ background: theme.dot }} />
            ) : (
              <i className={styles['line']} style={{ background: theme.lines[layer] }} />
            )}
            {LAYER_NAMES[layer]}
          </button>
        ))}
        <span className={styles['facts']} data-testid="facts">
          {formatCount(total)} observations · {dotsText(dots, run.dots)}
        </span>
        <SegmentedControl
          value={logPossible ? state.y : 'linear'}
          disabled={!logPossible}
          data={[
            { value: 'log', label: 'log y' },
            { value: 'linear', label: 'linear y' },
          ]}
          onChange={(y) => change({ y: y === 'linear' ? 'linear' : 'log' })}
          aria-label="Scale of the value axis"
          data-testid="y-scale"
        />
        <div className={styles['scale']}>
          <SegmentedControl
            value={state.colour}
            data={COLOUR_SCALES.map((one) => ({ value: one, label: one === 'log' ? 'log colour' : one }))}
            onChange={(colour) => change({ colour: COLOUR_SCALES.find((one) => one === colour) ?? 'log' })}
            aria-label="Colour scale"
            data-testid="colour-scale"
          />
          <ColourLegend largest={largest} colour={state.colour} theme={theme} title="count" />
        </div>
      </div>
      <div className={styles['maps']} data-count={shown.length}>
        {shown.map((group) => (
          <HeatPanel
            key={group.key}
            group={group}
            titled={Object.keys(group.labels).length > 0}
            axis={bucketAxis(group.grid.bounds, state.y, highest)}
            largest={largest}
            unit={unit}
            run={run}
            explorer={explorer}
            theme={theme}
            name={entry.name}
            now={now}
            tall={tall && shown.length === 1}
          />
        ))}
      </div>
    </div>
  );
}
