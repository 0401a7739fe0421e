// All that a span carries.

import { formatDurationNs } from '../../base/format';
import { attributeText, durationNs, type Attribute } from '../../base/span';
import { formatPrecise, nsToMs, type Zone } from '../../base/time';
import type { SpanRow, Trace } from '../../base/traceTree';
import { CopyButton } from '../../widgets/CopyButton';
import styles from './SpanDetails.module.css';

interface Props {
  readonly row: SpanRow;
  readonly trace: Trace;
  readonly zone: Zone;
  readonly colour: string;
  readonly onTrace: (traceId: string, spanId: string) => void;
}

export function SpanDetails({ row, trace, zone, colour, onTrace }: Props): JSX.Element {
  const { span } = row;
  const offset = (time: bigint): string => formatDurationNs(Number(time - trace.start));
  return (
    <section className={styles['details']} aria-label="Span" data-testid="span-details" data-span-id={span.spanId}>
      <h3>
        <i style={{ background: colour }} />
        {span.name}
        {span.status === 'error' && <span className={styles['error']}>error</span>}
        {span.status === 'ok' && <span className={styles['ok']}>ok</span>}
      </h3>
      {span.statusMessage !== '' && <p className={styles['message']}>{span.statusMessage}</p>}
      <dl className={styles['facts']}>
        <Fact name="Service">{span.service}</Fact>
        {span.kind !== '' && <Fact name="Kind">{span.kind}</Fact>}
        <Fact name="Start">
          {formatPrecise(nsToMs(span.start), zone)} <em>+{offset(span.start)}</em>
        </Fact>
        <Fact name="Duration">
          {formatDurationNs(durationNs(span))} <em>self {formatDurationNs(row.selfNs)}</em>
        </Fact>
        <Fact name="Span id">
          <code>{span.spanId}</code> <CopyButton text={span.spanId} label="Copy the span id" size={20} />
        </Fact>
        {span.parentId !== '' && (
          <Fact name="Parent">
            <code>{span.parentId}</code>
            {row.orphan && <em>not in this trace</em>}
          </Fact>
        )}
        {span.scope !== '' && <Fact name="Scope">{span.scope}</Fact>}
      </dl>
      <Attributes title="Attributes" list={span.attributes} />
      {span.events.length > 0 && (
        <>
          <h4>Events</h4>
          <ul className={styles['events']}>
            {span.events.map((event, index) => (
              <li key={index} data-testid="span-event">
                <div>
                  <b>{event.name}</b> <em>+{offset(event.time)}</em>
                </div>
                <Pairs list={event.attributes} />
              </li>
            ))}
          </ul>
        </>
      )}
      {span.links.length > 0 && (
        <>
          <h4>Links</h4>
          <ul className={styles['events']}>
            {span.links.map((link, index) => (
              <li key={index}>
                <button type="button" className={styles['link']} onClick={() => onTrace(link.traceId, link.spanId)} data-testid="span-link">
                  trace <code>{link.traceId}</code>
                  {link.spanId !== '' && (
                    <>
                      , span <code>{link.spanId}</code>
                    </>
                  )}
                </button>
                <Pairs list={link.attributes} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Attributes title="Resource" list={span.resource} />
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: React.ReactNode }): JSX.Element {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Attributes({ title, list }: { readonly title: string; readonly list: readonly Attribute[] }): JSX.Element | null {
  if (list.length === 0) return null;
  return (
    <>
      <h4>{title}</h4>
      <Pairs list={list} />
    </>
  );
}

function Pairs({ list }: { readonly list: readonly Attribute[] }): JSX.Element | null {
  if (list.length === 0) return null;
  return (
    <table className={styles['pairs']}>
      <tbody>
        {list.map((one, index) => (
          <tr key={index}>
            <th scope="row">{one.key}</th>
            <td>
              {attributeText(one.value)}
              <span className={styles['copy']}>
                <CopyButton text={attributeText(one.value)} label="Copy the value" size={18} />
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
