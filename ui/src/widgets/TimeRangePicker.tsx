// Picks a time range: a preset, or from and to; with steps back and forward and zooming out beside it.

import { Button, Popover, TextInput } from '@mantine/core';
import { useState } from 'react';
import { between, PRESETS, resolveRange, shiftRange, zoomOut, type TimeRange } from '../base/range';
import { formatClock, formatDate, formatDateTime, formatDurationMs, parseDateTime, parseDuration, zoneName, type TimeMs, type Zone } from '../base/time';
import { Icon } from './Icon';
import { IconButton } from './IconButton';
import styles from './TimeRangePicker.module.css';

interface Props {
  readonly range: TimeRange;
  readonly zone: Zone;
  readonly now: TimeMs;
  readonly onChange: (range: TimeRange) => void;
  readonly onZone: (zone: Zone) => void;
}

export function rangeText(range: TimeRange, zone: Zone): string {
  if (range.kind === 'last') {
    return PRESETS.find((preset) => preset.ms === range.ms)?.label ?? `Last ${formatDurationMs(range.ms)}`;
  }
  const { from, to } = range;
  const sameDay = formatDate(from, zone) === formatDate(to, zone);
  return `${formatDateTime(from, zone)} – ${sameDay ? formatClock(to, zone) : formatDateTime(to, zone)}`;
}

export function TimeRangePicker({ range, zone, now, onChange, onZone }: Props): JSX.Element {
  const [open, setOpen] = useState(false);
  return (
    <div className={styles['picker']}>
      <IconButton icon="back" label="Earlier by half a window" onClick={() => onChange(shiftRange(range, -1, now))} testId="range-back" />
      <Popover opened={open} onChange={setOpen} position="bottom-end" trapFocus>
        <Popover.Target>
          <Button
            variant="default"
            leftSection={<Icon name="clock" size={14} />}
            rightSection={<Icon name="down" size={12} />}
            onClick={() => setOpen(!open)}
            data-testid="range"
            aria-haspopup="dialog"
          >
            {rangeText(range, zone)}
          </Button>
        </Popover.Target>
        <Popover.Dropdown p={0}>
          {open && (
            <RangeForm
              range={range}
              zone={zone}
              now={now}
              onZone={onZone}
              onChange={(next) => {
                onChange(next);
                setOpen(false);
              }}
            />
          )}
        </Popover.Dropdown>
      </Popover>
      <IconButton icon="forward" label="Later by half a window" onClick={() => onChange(shiftRange(range, 1, now))} testId="range-forward" />
      <IconButton icon="zoomOut" label="Zoom out" onClick={() => onChange(zoomOut(range, now))} testId="zoom-out" />
    </div>
  );
}

function RangeForm({ range, zone, now, onChange, onZone }: Props): JSX.Element {
  const span = resolveRange(range, now);
  const [from, setFrom] = useState(formatDateTime(span.from, zone));
  const [to, setTo] = useState(formatDateTime(span.to, zone));
  const [last, setLast] = useState('');
  const low = parseDateTime(from, zone);
  const high = parseDateTime(to, zone);
  const lastMs = parseDuration(last);
  const fault = 'a time like 2024-01-31 12:00:00';
  const inOrder = low !== null && high !== null && low < high;
  return (
    <div className={styles['form']}>
      <ul className={styles['presets']}>
        {PRESETS.map((preset) => (
          <li key={preset.ms}>
            <button
              type="button"
              aria-pressed={range.kind === 'last' && range.ms === preset.ms}
              onClick={() => onChange({ kind: 'last', ms: preset.ms })}
            >
              {preset.label}
            </button>
          </li>
        ))}
      </ul>
      <form
        className={styles['exact']}
        onSubmit={(event) => {
          event.preventDefault();
          if (lastMs !== null) onChange({ kind: 'last', ms: lastMs });
          else if (inOrder) onChange(between(low, high));
        }}
      >
        <TextInput label="From" value={from} onChange={(e) => setFrom(e.currentTarget.value)} error={low === null ? fault : null} data-testid="range-from" />
        <TextInput
          label="To"
          value={to}
          onChange={(e) => setTo(e.currentTarget.value)}
          error={high === null ? fault : low !== null && !inOrder ? 'must be after From' : null}
          data-testid="range-to"
        />
        <TextInput
          label="or the last"
          placeholder="90m, 1h30m, 2d"
          value={last}
          onChange={(e) => setLast(e.currentTarget.value)}
          error={last !== '' && lastMs === null ? 'a duration like 1h30m' : null}
        />
        <div className={styles['foot']}>
          <Button variant="subtle" color="gray" onClick={() => onZone(zone === 'utc' ? 'local' : 'utc')} data-testid="zone">
            {zone === 'utc' ? 'UTC' : `Local time (${zoneName(now, zone)})`}
          </Button>
          <Button type="submit" disabled={lastMs === null && !inOrder} data-testid="range-apply">
            Apply
          </Button>
        </div>
      </form>
    </div>
  );
}
