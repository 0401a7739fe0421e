// The Explorer: queries above, what they show below, the trace of a picked dot beside.

import { useEffect, useMemo, useState } from 'react';
import { resolveRange } from '../../base/range';
import { asksSomething, EMPTY_QUERY, MAX_QUERIES, type Query } from '../../query/state';
import { useCatalog } from '../../query/useCatalog';
import { useNow } from '../../query/useNow';
import { Shell } from '../Shell';
import { Flyout } from '../trace/Flyout';
import { EmptyState } from './EmptyState';
import styles from './ExplorerPage.module.css';
import { QueriesBar } from './QueriesBar';
import { QueryPanel } from './QueryPanel';
import { Toolbar } from './Toolbar';
import { useExplorer } from './useExplorer';

const BARE_REFRESH_MS = 3_000;

export function ExplorerPage({ search }: { readonly search: string }): JSX.Element {
  const explorer = useExplorer(search);
  const { state, change } = explorer;
  // While there is nothing to see, the page looks for it by itself.
  const [bare, setBare] = useState(false);
  const [now, refresh] = useNow(state.refreshMs > 0 ? state.refreshMs : bare ? BARE_REFRESH_MS : 0);
  const span = useMemo(() => resolveRange(state.range, now), [state.range, now]);
  const catalog = useCatalog(span, bare);
  const ran = useRanQueries(state.queries, state.autoRun);

  const title = state.queries[0]?.metric ?? '';
  useEffect(() => {
    document.title = title === '' ? 'glint' : `${title} · glint`;
  }, [title]);

  // A new range begins now.
  const rangeKey = JSON.stringify(state.range);
  useEffect(refresh, [rangeKey, refresh]);

  const nothing = !catalog.loading && catalog.failure === null && catalog.entries.length === 0;
  const asking = state.queries.some(asksSomething);
  useEffect(() => setBare(nothing), [nothing]);
  return (
    <Shell
      page="explorer"
      tools={<Toolbar explorer={explorer} now={now} onRefresh={refresh} />}
    >
      <main className={styles['main']} data-testid="explorer">
        <div className={styles['scroll']}>
          {state.queries.map((query, index) => (
            <QueryPanel
              key={index}
              index={index}
              query={query}
              ran={ran.queries[index] ?? EMPTY_QUERY}
              explorer={explorer}
              catalog={catalog}
              span={span}
              now={now}
            />
          ))}
          <QueriesBar
            canAdd={state.queries.length < MAX_QUERIES && asking}
            onAdd={() => explorer.addQuery(EMPTY_QUERY)}
            autoRun={state.autoRun}
            onAutoRun={(autoRun) => change({ autoRun })}
            waiting={ran.waiting}
            onRun={() => {
              ran.run();
              refresh();
            }}
          />
          {nothing && !asking && <EmptyState />}
        </div>
      </main>
      {state.trace !== null && (
        <Flyout
          traceId={state.trace.traceId}
          spanId={state.trace.spanId}
          zone={state.zone}
          onSpan={(spanId) => change({ trace: state.trace === null ? null : { ...state.trace, spanId } }, true)}
          onTrace={(traceId, spanId) => change({ trace: { traceId, spanId } })}
          onClose={() => change({ trace: null })}
        />
      )}
    </Shell>
  );
}

interface Ran {
  readonly queries: readonly Query[];
  readonly waiting: boolean; // Something was changed and not run.
  readonly run: () => void;
}

// With auto-run what is written is what runs; without, what was written when Run was last pressed.
function useRanQueries(queries: readonly Query[], autoRun: boolean): Ran {
  const [held, setHeld] = useState(queries);
  useEffect(() => {
    if (autoRun) setHeld(queries);
  }, [autoRun, queries]);
  const shown = autoRun ? queries : held;
  return { queries: shown, waiting: JSON.stringify(shown) !== JSON.stringify(queries), run: () => setHeld(queries) };
}
