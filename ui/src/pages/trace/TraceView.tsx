// One trace: its facts, the waterfall, and below it the chosen span and the summary by name.

import { Loader } from '@mantine/core';
import { useEffect, useMemo, useState } from 'react';
import { fetchTrace } from '../../api/trace';
import { formatDurationNs } from '../../base/format';
import { formatPrecise, nsToMs, type Zone } from '../../base/time';
import { visibleRows, type Trace } from '../../base/traceTree';
import { useAnswer } from '../../query/useAnswer';
import { useNow } from '../../query/useNow';
import { CopyButton } from '../../widgets/CopyButton';
import { FailureNote } from '../../widgets/FailureNote';
import { IconButton } from '../../widgets/IconButton';
import { Resizer } from '../../widgets/Resizer';
import { useSize } from '../../widgets/useSize';
import { Icon } from '../../widgets/Icon';
import { Link } from '../Link';
import { useChartTheme } from '../useChartTheme';
import { serviceColours } from './serviceColours';
import { SpanDetails } from './SpanDetails';
import { SummaryTable } from './SummaryTable';
import styles from './TraceView.module.css';
import { Waterfall } from './Waterfall';

interface Props {
  readonly traceId: string;
  readonly spanId: string;
  readonly zone: Zone;
  readonly where: 'flyout' | 'page';
  readonly onSpan: (spanId: string) => void;
  readonly onTrace: (traceId: string, spanId: string) => void;
  readonly onClose: (() => void) | null;
}

const MISSING_REFRESH_MS = 3_000;

export function TraceView(props: Props): JSX.Element {
  const { traceId, spanId, where, onClose } = props;
  // A trace that is not there yet may be in a batch on its way.
  const [missing, setMissing] = useState<string | null>(null);
  const [now] = useNow(missing === null ? 0 : MISSING_REFRESH_MS);
  const answer = useAnswer(['trace', traceId], [now], (signal) => fetchTrace(traceId, signal), true, 2_000);
  const trace = answer.value;
  const { failure, fetching } = answer;
  useEffect(() => {
    // While it is asked again there is no failure for a moment: only an answer ends the waiting.
    if (!fetching) setMissing(failure?.kind === 'notFound' ? failure.message : null);
  }, [failure, fetching]);
  return (
    <div className={styles['view']} data-testid="trace" data-where={where} data-state={trace !== null ? 'shown' : missing !== null ? 'notFound' : failure !== null ? failure.kind : 'loading'}>
      <header className={styles['head']}>
        <div className={styles['title']}>
          <h2>{trace === null ? 'Trace' : trace.root.name}</h2>
          {trace !== null && <span className={styles['service']}>{trace.root.service}</span>}
          <span className={styles['gap']} />
          {where === 'flyout' && (
            <Link
              href={traceHref(traceId, spanId, props.zone)}
              className={styles['open'] ?? ''}
              title="Open on its own page"
              data-testid="open-page"
            >
              <Icon name="open" size={15} />
            </Link>
          )}
          {onClose !== null && <IconButton icon="close" label="Close (Esc)" onClick={onClose} testId="close-flyout" />}
        </div>
        <div className={styles['facts']}>
          <code data-testid="trace-id">{traceId}</code>
          <CopyButton text={traceId} label="Copy the trace id" />
          {trace !== null && <Facts trace={trace} zone={props.zone} />}
        </div>
      </header>
      {trace !== null ? (
        <TraceBody {...props} trace={trace} />
      ) : (
        <div className={styles['state']}>
          {missing !== null ? (
            <div data-testid="trace-missing">
              <h3>This trace is not stored here</h3>
              <p>
                The exemplar names it, but no span of it has come to this glint. It may have been sampled away by the
                SDK, sent to another backend, or still be in a batch on its way: then it opens here by itself. Check
                that the service sends its spans to this glint, by OTLP on port 4317 (gRPC) or 4318 (HTTP).
              </p>
              <p className={styles['said']}>The server said: {missing}</p>
            </div>
          ) : failure !== null && failure.kind !== 'notFound' ? (
            <FailureNote failure={failure} title="The trace could not be read" />
          ) : (
            <Loader size="sm" color="gray" />
          )}
        </div>
      )}
    </div>
  );
}

export function traceHref(traceId: string, spanId: string, zone: Zone): string {
  const params = new URLSearchParams({ ...(spanId !== '' && { span: spanId }), ...(zone === 'utc' && { tz: 'utc' }) }).toString();
  return `/trace/${traceId}${params !== '' ? `?${params}` : ''}`;
}

function Facts({ trace, zone }: { readonly trace: Trace; readonly zone: Zone }): JSX.Element {
  return (
    <>
      <span>{formatPrecise(nsToMs(trace.start), zone)}</span>
      <span>
        <b>{formatDurationNs(Number(trace.end - trace.start))}</b>
      </span>
      <span data-testid="span-count">
        {trace.rows.length.toLocaleString('en-US')} {trace.rows.length === 1 ? 'span' : 'spans'}
      </span>
      <span>
        {trace.services.length} {trace.services.length === 1 ? 'service' : 'services'}
      </span>
      {trace.errors > 0 && <span className={styles['errors']}>{trace.errors} {trace.errors === 1 ? 'error' : 'errors'}</span>}
    </>
  );
}

const ROW = 26;

function TraceBody({ trace, spanId, where, zone, onSpan, onTrace }: Props & { readonly trace: Trace }): JSX.Element {
  const theme = useChartTheme();
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(() => new Set());
  const [filter, setFilter] = useState('');
  const [box, size] = useSize<HTMLDivElement>();
  const [height, setHeight] = useState<number | null>(null);
  const colours = useMemo(() => serviceColours(trace.services, theme), [trace, theme]);
  const rows = useMemo(() => visibleRows(trace, collapsed, filter), [trace, collapsed, filter]);
  const chosen = trace.rows.find((row) => row.span.spanId === spanId) ?? trace.rows[0];

  // A span that was linked to must not be hidden under a collapsed one.
  useEffect(() => setCollapsed(new Set()), [trace.traceId]);

  const wanted = Math.min(trace.rows.length, 14) * ROW + 72;
  const max = Math.max(140, size.height - 120);
  const topHeight = Math.min(max, height ?? Math.min(wanted, Math.round(size.height * 0.5)));
  const parents = trace.rows.filter((row) => row.children > 0).map((row) => row.span.spanId);
  const summary = <SummaryTable trace={trace} colours={colours} onPick={(name) => setFilter(filter === name ? '' : name)} />;
  const strange = spanId !== '' && chosen?.span.spanId !== spanId;
  return (
    <div ref={box} className={styles['body']}>
      {size.height > 0 && (
        <>
          <div className={styles['tools']}>
            <label className={styles['filter']}>
              <Icon name="filter" size={14} />
              <input
                value={filter}
                onChange={(event) => setFilter(event.currentTarget.value)}
                placeholder="Filter by name, service, attribute"
                aria-label="Filter spans"
                data-testid="span-filter"
              />
            </label>
            {filter !== '' && <span className={styles['found']}>{rows.length} shown</span>}
            <span className={styles['services']}>
              {trace.services.slice(0, 6).map((service) => (
                <span key={service}>
                  <i style={{ background: colours.get(service) }} />
                  {service}
                </span>
              ))}
              {trace.services.length > 6 && <span>and {trace.services.length - 6} more</span>}
            </span>
            <span className={styles['hint']} title="What the end of the trace waited for is drawn in full colour">
              full colour: critical path
            </span>
            <IconButton icon="expand" label="Expand all" size={24} onClick={() => setCollapsed(new Set())} testId="expand-all" />
            <IconButton icon="collapse" label="Collapse all" size={24} onClick={() => setCollapsed(new Set(parents))} testId="collapse-all" />
          </div>
          <div style={{ height: topHeight }} className={styles['fall']}>
            <Waterfall
              trace={trace}
              rows={rows}
              selected={chosen?.span.spanId ?? ''}
              linked={spanId}
              collapsed={collapsed}
              colours={colours}
              onSelect={onSpan}
              onToggle={(id) =>
                setCollapsed((held) => {
                  const next = new Set(held);
                  if (!next.delete(id)) next.add(id);
                  return next;
                })
              }
            />
          </div>
          <Resizer axis="y" label="Height of the waterfall" value={topHeight} min={120} max={max} grows={1} onChange={setHeight} />
          <div className={styles['below']} data-where={where}>
            {strange && (
              <p className={styles['strange']} data-testid="span-missing">
                The span {spanId} is not in this trace; its root is shown.
              </p>
            )}
            {where === 'flyout' && summary}
            {chosen !== undefined && (
              <SpanDetails row={chosen} trace={trace} zone={zone} colour={colours.get(chosen.span.service) ?? ''} onTrace={onTrace} />
            )}
            {where === 'page' && summary}
          </div>
        </>
      )}
    </div>
  );
}
