// Spans as bars under a time axis: tree on the left, time on the right, only the rows on show drawn.

import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { formatDurationNs } from '../../base/format';
import { durationNs } from '../../base/span';
import type { SpanRow, Trace } from '../../base/traceTree';
import { Icon } from '../../widgets/Icon';
import { axisTicks } from './axisTicks';
import styles from './Waterfall.module.css';

interface Props {
  readonly trace: Trace;
  readonly rows: readonly SpanRow[];
  readonly selected: string;
  readonly linked: string; // The span that a dot or a link named.
  readonly collapsed: ReadonlySet<string>;
  readonly colours: ReadonlyMap<string, string>;
  readonly onSelect: (spanId: string) => void;
  readonly onToggle: (spanId: string) => void;
}

const ROW_HEIGHT = 26;
const INDENT = 14;
const MAX_INDENTS = 14;
const MAX_EVENTS = 50; // Marks on a bar; all are in the details.

export function Waterfall(props: Props): JSX.Element {
  const { trace, rows, selected, linked, onSelect, onToggle } = props;
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({ count: rows.length, getScrollElement: () => scroll.current, estimateSize: () => ROW_HEIGHT, overscan: 10 });
  const total = Math.max(1, Number(trace.end - trace.start));
  const ticks = axisTicks(total, 5);

  // What was linked to comes into sight once; after that the person scrolls.
  const shown = useRef('');
  useEffect(() => {
    const key = `${trace.traceId}/${linked}`;
    if (shown.current === key) return;
    shown.current = key;
    const index = rows.findIndex((row) => row.span.spanId === linked);
    if (index > 0) virtual.scrollToIndex(index, { align: 'center' });
  }, [trace.traceId, linked, rows, virtual]);

  const onKeyDown = (event: KeyboardEvent): void => {
    const at = rows.findIndex((row) => row.span.spanId === selected);
    const row = rows[at];
    const move = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (move !== 0) {
      event.preventDefault();
      const next = rows[Math.min(rows.length - 1, Math.max(0, at + move))];
      if (next !== undefined) {
        shown.current = `${trace.traceId}/${next.span.spanId}`;
        onSelect(next.span.spanId);
        virtual.scrollToIndex(rows.indexOf(next));
      }
    } else if (row !== undefined && row.children > 0) {
      const folded = props.collapsed.has(selected);
      if ((event.key === 'ArrowLeft' && !folded) || (event.key === 'ArrowRight' && folded)) {
        event.preventDefault();
        onToggle(selected);
      }
    }
  };

  return (
    <div className={styles['fall']}>
      <div className={styles['axis']} aria-hidden="true">
        <span className={styles['tree']} />
        <span className={styles['times']}>
          {ticks.map((tick) => (
            <span key={tick} style={{ left: `${(tick / total) * 100}%` }}>
              {formatDurationNs(tick)}
            </span>
          ))}
        </span>
      </div>
      <div
        ref={scroll}
        className={styles['scroll']}
        role="tree"
        aria-label={`Spans of trace ${trace.traceId}`}
        tabIndex={0}
        onKeyDown={onKeyDown}
        data-testid="waterfall"
      >
        <div style={{ height: virtual.getTotalSize(), position: 'relative' }}>
          {virtual.getVirtualItems().map((item) => {
            const row = rows[item.index];
            return row === undefined ? null : (
              <Row key={row.span.spanId} {...props} row={row} top={item.start} total={total} ticks={ticks} />
            );
          })}
        </div>
        {rows.length === 0 && <p className={styles['none']}>No span matches the filter.</p>}
      </div>
    </div>
  );
}

interface RowProps extends Props {
  readonly row: SpanRow;
  readonly top: number;
  readonly total: number;
  readonly ticks: readonly number[];
}

function Row({ row, top, total, ticks, trace, selected, linked, collapsed, colours, onSelect, onToggle }: RowProps): JSX.Element {
  const { span } = row;
  const start = (Number(span.start - trace.start) / total) * 100;
  const width = (durationNs(span) / total) * 100;
  const folded = collapsed.has(span.spanId);
  const indent = Math.min(row.depth, MAX_INDENTS) * INDENT;
  const colour = colours.get(span.service) ?? 'gray';
  // The duration stands right of the bar while there is room, else left of it.
  const labelRight = start + width < 78;
  return (
    <div
      role="treeitem"
      aria-selected={span.spanId === selected}
      aria-level={row.depth + 1}
      {...(row.children > 0 && { 'aria-expanded': !folded })}
      className={styles['row']}
      style={{ transform: `translateY(${top}px)` }}
      onClick={() => onSelect(span.spanId)}
      data-testid="span-row"
      data-span-id={span.spanId}
      data-linked={span.spanId === linked || undefined}
      data-error={span.status === 'error' || undefined}
    >
      <span className={styles['tree']} style={{ paddingLeft: indent + 6 }}>
        <TreeLines row={row} />
        {row.children > 0 ? (
          <button
            type="button"
            tabIndex={-1}
            className={styles['fold']}
            aria-label={folded ? 'Expand' : 'Collapse'}
            onClick={(event) => {
              event.stopPropagation();
              onToggle(span.spanId);
            }}
          >
            <Icon name={folded ? 'forward' : 'down'} size={12} />
          </button>
        ) : (
          <i className={styles['leaf']} />
        )}
        <i className={styles['service']} style={{ background: colour }} />
        <span className={styles['name']} title={`${span.service}: ${span.name}`}>
          {span.name}
        </span>
        {folded && <span className={styles['hidden']}>+{row.descendants}</span>}
        {span.status === 'error' && (
          <span className={styles['error']} title={span.statusMessage !== '' ? span.statusMessage : 'error'}>
            <Icon name="alert" size={13} />
          </span>
        )}
      </span>
      <span className={styles['times']}>
        {ticks.map((tick) => (
          <i key={tick} className={styles['grid']} style={{ left: `${(tick / total) * 100}%` }} />
        ))}
        <span
          className={styles['bar']}
          data-critical={row.critical || undefined}
          style={{ left: `${Math.min(start, 99.9)}%`, width: `max(2px, ${width}%)`, background: colour }}
        />
        {span.events.slice(0, MAX_EVENTS).map((event, index) => (
          <i
            key={index}
            className={styles['event']}
            title={event.name}
            style={{ left: `${Math.min(100, Math.max(0, (Number(event.time - trace.start) / total) * 100))}%` }}
          />
        ))}
        <span
          className={styles['length']}
          style={labelRight ? { left: `calc(${start + width}% + 6px)` } : start > 22 ? { right: `calc(${100 - start}% + 6px)` } : { left: `calc(${start}% + 6px)` }}
          data-inside={(!labelRight && start <= 22) || undefined}
        >
          {formatDurationNs(durationNs(span))}
        </span>
      </span>
    </div>
  );
}

function TreeLines({ row }: { readonly row: SpanRow }): JSX.Element | null {
  if (row.depth === 0 || row.depth > MAX_INDENTS) return null;
  const x = (level: number): number => 12 + (level - 1) * INDENT;
  return (
    <svg className={styles['lines']} width={row.depth * INDENT + 6} height={ROW_HEIGHT} aria-hidden="true">
      {row.lines.map((goesOn, index) =>
        goesOn ? <path key={index} d={`M${x(index + 1) + 0.5} 0V${ROW_HEIGHT}`} /> : null,
      )}
      <path d={`M${x(row.depth) + 0.5} 0V${row.last ? ROW_HEIGHT / 2 : ROW_HEIGHT}M${x(row.depth) + 0.5} ${ROW_HEIGHT / 2 + 0.5}h${INDENT - 7}`} />
    </svg>
  );
}
