// What a query shows: a heatmap or lines, a table, or both; and the words for when there is neither.

import { Loader, SegmentedControl } from '@mantine/core';
import { csvText } from '../../base/csv';
import type { TimeMs } from '../../base/time';
import { formatDurationMs } from '../../base/time';
import type { MetricEntry } from '../../query/catalog';
import type { Query } from '../../query/state';
import { VIEWS } from '../../query/state';
import { tableOf } from '../../query/table';
import type { Run } from '../../query/useRun';
import { FailureNote } from '../../widgets/FailureNote';
import { IconButton } from '../../widgets/IconButton';
import { saveText } from '../../widgets/saveText';
import { HeatPanels } from './HeatPanels';
import { LinesPanel } from './LinesPanel';
import styles from './Result.module.css';
import { ResultTable } from './ResultTable';
import type { Explorer } from './useExplorer';

interface Props {
  readonly run: Run;
  readonly query: Query;
  readonly entry: MetricEntry;
  readonly explorer: Explorer;
  readonly now: TimeMs;
  readonly letter: string;
}

export function Result({ run, query, entry, explorer, now, letter }: Props): JSX.Element {
  const { state, change } = explorer;
  const { drawn } = run;
  const empty =
    drawn.kind === 'nothing' ||
    (drawn.kind === 'heatmap' ? drawn.groups.shown.every((group) => group.grid.ends.length === 0) : drawn.series.shown.length === 0);
  const chart = state.view !== 'table';
  const table = state.view !== 'chart';
  const save = (): void =>
    saveText(`${query.mode === 'code' ? `query-${letter}` : entry.name}.csv`, csvText(tableOf(drawn, state.zone)), 'text/csv');
  return (
    <div className={styles['result']} data-testid="result" data-loading={run.loading} data-fetching={run.fetching}>
      <div className={styles['head']}>
        <SegmentedControl
          value={state.view}
          data={VIEWS.map((view) => ({ value: view, label: view[0]?.toUpperCase() + view.slice(1) }))}
          onChange={(view) => change({ view: VIEWS.find((one) => one === view) ?? 'chart' })}
          data-testid="view"
        />
        <IconButton icon="download" label="Save as CSV" onClick={save} disabled={empty} testId="csv" />
        <Notes run={run} />
        {run.fetching && <Loader size={14} color="gray" aria-label="Asking the server" />}
      </div>
      {run.failure !== null && (
        <FailureNote failure={run.failure} title={failureTitle(run.failure.kind)} quiet={!empty} />
      )}
      {run.dotsFailure !== null && <FailureNote failure={run.dotsFailure} title="The exemplars could not be read" quiet />}
      {run.linesFailure !== null && run.failure === null && (
        <FailureNote failure={run.linesFailure} title="The percentiles could not be read" quiet />
      )}
      {run.warnings.map((warning) => (
        <p key={warning} className={styles['warning']}>
          {warning}
        </p>
      ))}
      {!empty && chart && drawn.kind === 'heatmap' && (
        <HeatPanels run={run} groups={drawn.groups} query={query} entry={entry} explorer={explorer} now={now} tall={state.queries.length === 1 && !table} />
      )}
      {!empty && chart && drawn.kind === 'lines' && (
        <LinesPanel run={run} series={drawn.series} query={query} entry={entry} explorer={explorer} tall={state.queries.length === 1 && !table} />
      )}
      {!empty && table && <ResultTable drawn={drawn} zone={state.zone} />}
      {empty && run.failure === null && (
        <div className={styles['empty']} data-testid="no-data">
          {run.loading ? (
            <Loader size="sm" color="gray" />
          ) : (
            <>
              <strong>No data in this time range.</strong>
              <span>
                {query.filters.length > 0 ? 'Nothing passes the filters; remove one, or look' : 'Look'} further back: zoom out
                doubles the range.
              </span>
            </>
          )}
        </div>
      )}
    </div>
  );
}

function failureTitle(kind: 'unreachable' | 'refused' | 'notFound' | 'malformed'): string {
  switch (kind) {
    case 'unreachable':
      return 'The server does not answer';
    case 'refused':
      return 'The server refused the query';
    case 'notFound':
      return 'The server does not know this endpoint';
    case 'malformed':
      return "The server's answer could not be read";
  }
}

function Notes({ run }: { readonly run: Run }): JSX.Element {
  const { steps, drawn } = run;
  const list = drawn.kind === 'heatmap' ? drawn.groups : drawn.kind === 'lines' ? drawn.series : null;
  const what = drawn.kind === 'heatmap' ? 'groups' : 'series';
  return (
    <span className={styles['notes']}>
      {steps !== null && <span>step {formatDurationMs(steps.stepMs)}</span>}
      {steps?.raised === true && <span>(coarser than asked: more than 11,000 points)</span>}
      {list !== null && list.all > list.shown.length && (
        <span data-testid="limited">
          showing {list.shown.length} of {list.all} {what}
        </span>
      )}
    </span>
  );
}
