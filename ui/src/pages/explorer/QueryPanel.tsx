// One query and what it shows: the editor above, the result below, in one card.

import { Button, SegmentedControl } from '@mantine/core';
import type { Span } from '../../base/range';
import type { TimeMs } from '../../base/time';
import { entryFor } from '../../query/catalog';
import { planQuery } from '../../query/promql';
import { asksSomething, MAX_QUERIES, queryLetter, type Query } from '../../query/state';
import { chooseSteps, DEFAULT_INTERVAL_MS } from '../../query/steps';
import type { Catalog } from '../../query/useCatalog';
import { useRun } from '../../query/useRun';
import { IconButton } from '../../widgets/IconButton';
import { Builder } from './Builder';
import { CodeEditor } from './CodeEditor';
import { MetricPicker } from './MetricPicker';
import styles from './QueryPanel.module.css';
import { Result } from './Result';
import type { Explorer } from './useExplorer';

interface Props {
  readonly index: number;
  readonly query: Query;
  readonly ran: Query;
  readonly explorer: Explorer;
  readonly catalog: Catalog;
  readonly span: Span;
  readonly now: TimeMs;
}

export function QueryPanel({ index, query, ran, explorer, catalog, span, now }: Props): JSX.Element {
  const { state, changeQuery, addQuery, deleteQuery } = explorer;
  const entry = entryFor(catalog.entries, query.metric);
  const ranEntry = entryFor(catalog.entries, ran.metric);
  const known = !catalog.loading || catalog.entries.length > 0;
  const run = useRun(ran, ranEntry, known, span, state.stepMs, state.hidden);
  const steps = run.steps ?? chooseSteps(span.to - span.from, DEFAULT_INTERVAL_MS, state.stepMs, 90);
  const toCode = (): void =>
    changeQuery(index, {
      mode: 'code',
      code: query.metric === '' ? query.code : planQuery({ ...query, mode: 'builder' }, entry, steps).query,
    });
  const letter = queryLetter(index);
  return (
    <section className={styles['card']} aria-label={`Query ${letter}`} data-tall={(state.queries.length === 1 && asksSomething(ran)) || undefined} data-testid={`query-${letter}`}>
      <div className={styles['head']}>
        <span className={styles['letter']}>{letter}</span>
        {query.mode === 'builder' || query.folded ? (
          query.mode === 'builder' ? (
            <MetricPicker
              entry={entry}
              catalog={catalog}
              onPick={(metric) => changeQuery(index, metric === query.metric ? {} : { metric, filters: [], groupBy: [], align: 'auto', combine: 'auto' })}
            />
          ) : (
            <code className={styles['folded']}>{query.code}</code>
          )
        ) : (
          <span className={styles['help']}>PromQL, run as it is written</span>
        )}
        {query.mode === 'builder' && <span className={styles['help']}>{entry.help}</span>}
        <SegmentedControl
          style={{ flex: 'none' }}
          value={query.mode}
          data={[
            { value: 'builder', label: 'Builder' },
            { value: 'code', label: 'Code' },
          ]}
          onChange={(mode) => (mode === 'code' ? toCode() : changeQuery(index, { mode: 'builder' }))}
          data-testid="mode"
        />
        <IconButton
          icon="copy"
          label="Duplicate this query"
          onClick={() => addQuery(query)}
          disabled={state.queries.length >= MAX_QUERIES}
          testId="duplicate"
        />
        <IconButton
          icon="trash"
          label="Delete this query"
          onClick={() => deleteQuery(index)}
          disabled={state.queries.length < 2}
          testId="delete"
        />
        <IconButton
          icon={query.folded ? 'down' : 'up'}
          label={query.folded ? 'Unfold this query' : 'Fold this query'}
          onClick={() => changeQuery(index, { folded: !query.folded }, true)}
          testId="fold"
        />
      </div>
      {!query.folded && query.mode === 'builder' && query.metric !== '' && (
        <Builder
          query={query}
          entry={entry}
          span={span}
          stepMs={state.stepMs}
          steps={run.steps}
          onChange={(part) => changeQuery(index, part)}
          onStep={(stepMs) => explorer.change({ stepMs })}
        />
      )}
      {!query.folded && query.mode === 'code' && (
        <div className={styles['code']}>
          <CodeEditor
            value={query.code}
            onRun={(code) => changeQuery(index, { code })}
          />
        </div>
      )}
      {asksSomething(ran) ? (
        <Result run={run} query={ran} entry={ranEntry} explorer={explorer} now={now} letter={letter} />
      ) : (
        query.mode === 'builder' &&
        catalog.entries.length > 0 && (
          <div className={styles['hint']}>
            <p>Pick a metric to see it. Histograms become heatmaps, and their exemplars dots that open traces.</p>
            <div>
              {catalog.entries
                .filter((one) => one.type === 'histogram' && one.active)
                .slice(0, 6)
                .map((one) => (
                  <Button key={one.name} variant="default" onClick={() => changeQuery(index, { metric: one.name })}>
                    {one.name}
                  </Button>
                ))}
            </div>
          </div>
        )
      )}
    </section>
  );
}
