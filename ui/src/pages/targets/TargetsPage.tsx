// What glint scrapes, how it goes, and the whole of the last error.

import { useState } from 'react';
import { fetchTargets, type Target } from '../../api/targets';
import { formatSeconds } from '../../base/format';
import { formatDateTime, formatDurationMs, timeMs } from '../../base/time';
import { useAnswer } from '../../query/useAnswer';
import { useNow } from '../../query/useNow';
import { FailureNote } from '../../widgets/FailureNote';
import { Shell } from '../Shell';
import styles from './TargetsPage.module.css';

const REFRESH_MS = 5_000;

export function TargetsPage(): JSX.Element {
  const [now] = useNow(REFRESH_MS);
  const [filter, setFilter] = useState('');
  const answer = useAnswer(['targets'], [now], fetchTargets);
  const all = answer.value ?? [];
  const wanted = filter.trim().toLowerCase();
  const shown = all.filter((one) =>
    `${one.scrapeUrl} ${one.scrapePool} ${Object.values(one.labels).join(' ')} ${one.lastError} ${one.health}`.toLowerCase().includes(wanted),
  );
  const up = all.filter((one) => one.health === 'up').length;
  const pools = [...new Set(shown.map(poolOf))].sort();
  return (
    <Shell page="targets">
      <main className={styles['page']} data-testid="targets">
        <div className={styles['head']}>
          <h1>Targets</h1>
          {answer.value !== null && (
            <span>
              {up} of {all.length} up
            </span>
          )}
          <input value={filter} onChange={(event) => setFilter(event.currentTarget.value)} placeholder="Filter" aria-label="Filter targets" />
        </div>
        {answer.failure !== null && <FailureNote failure={answer.failure} title="The targets could not be read" quiet={answer.value !== null} />}
        {answer.value !== null && all.length === 0 && (
          <p className={styles['none']}>
            glint scrapes nothing. Give it a <code>prometheus.yml</code> by <code>--config</code>; what is pushed by OTLP
            needs no target.
          </p>
        )}
        {pools.map((pool) => (
          <section key={pool}>
            <h2>{pool}</h2>
            <table>
              <thead>
                <tr>
                  <th>Endpoint</th>
                  <th>Health</th>
                  <th>Labels</th>
                  <th>Last scrape</th>
                  <th>Took</th>
                  <th>Every</th>
                </tr>
              </thead>
              <tbody>
                {shown
                  .filter((one) => poolOf(one) === pool)
                  .map((one) => (
                    <TargetRows key={one.scrapeUrl + JSON.stringify(one.labels)} target={one} nowMs={now} />
                  ))}
              </tbody>
            </table>
          </section>
        ))}
      </main>
    </Shell>
  );
}

const poolOf = (target: Target): string => (target.scrapePool !== '' ? target.scrapePool : (target.labels['job'] ?? 'other'));

function TargetRows({ target, nowMs }: { readonly target: Target; readonly nowMs: number }): JSX.Element {
  const { lastScrapeMs } = target;
  const ago = lastScrapeMs === null ? null : Math.max(0, Math.round((nowMs - lastScrapeMs) / 1000) * 1000);
  return (
    <>
      <tr data-testid="target" data-health={target.health}>
        <td>
          <a href={target.scrapeUrl} target="_blank" rel="noreferrer">
            {target.scrapeUrl}
          </a>
        </td>
        <td>
          <span className={styles['health']} data-health={target.health}>
            {target.health}
          </span>
        </td>
        <td className={styles['labels']}>
          {Object.entries(target.labels).map(([name, value]) => (
            <code key={name}>
              {name}=&quot;{value}&quot;
            </code>
          ))}
        </td>
        <td title={lastScrapeMs === null ? '' : formatDateTime(timeMs(lastScrapeMs), 'local')}>
          {ago === null ? 'never' : `${formatDurationMs(ago)} ago`}
        </td>
        <td>{lastScrapeMs === null ? '–' : formatSeconds(target.lastScrapeSeconds)}</td>
        <td>{target.intervalMs === null ? '–' : formatDurationMs(target.intervalMs)}</td>
      </tr>
      {target.lastError !== '' && (
        <tr className={styles['error']}>
          <td colSpan={6}>
            <pre data-testid="target-error">{target.lastError}</pre>
          </td>
        </tr>
      )}
    </>
  );
}
