// Times carry their unit in the type. TimeNs is a bigint: a double loses nanoseconds.

export type TimeMs = number & { readonly unit: 'ms since 1970' };
export type TimeNs = bigint & { readonly unit: 'ns since 1970' };

export const timeMs = (value: number): TimeMs => value as TimeMs;
export const timeNs = (value: bigint): TimeNs => value as TimeNs;
export const nsToMs = (value: TimeNs): TimeMs => timeMs(Number(value / 1000n) / 1000);

export type Zone = 'local' | 'utc';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

// "90s", "1h30m", "2d": as Prometheus writes durations. Null when it is none.
export function parseDuration(text: string): number | null {
  const trimmed = text.trim();
  if (!/^(\d+(ms|[smhdw]))+$/.test(trimmed)) return null;
  let total = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+)(ms|[smhdw])/g)) {
    total += Number(count) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return total > 0 ? total : null;
}

// The shortest exact spelling that Prometheus reads back: 90000 -> "1m30s".
export function formatDurationMs(ms: number): string {
  let rest = Math.max(0, Math.round(ms));
  if (rest === 0) return '0s';
  let text = '';
  for (const unit of ['d', 'h', 'm', 's', 'ms'] as const) {
    const size = UNIT_MS[unit] ?? 1;
    const count = Math.floor(rest / size);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * size;
  }
  return text;
}

interface Parts {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly ms: number;
}

export function partsOf(time: TimeMs, zone: Zone): Parts {
  const date = new Date(time);
  return zone === 'utc'
    ? {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        hour: date.getUTCHours(),
        minute: date.getUTCMinutes(),
        second: date.getUTCSeconds(),
        ms: date.getUTCMilliseconds(),
      }
    : {
        year: date.getFullYear(),
        month: date.getMonth() + 1,
        day: date.getDate(),
        hour: date.getHours(),
        minute: date.getMinutes(),
        second: date.getSeconds(),
        ms: date.getMilliseconds(),
      };
}

const two = (value: number): string => String(value).padStart(2, '0');

export const formatDate = (time: TimeMs, zone: Zone): string => {
  const p = partsOf(time, zone);
  return `${p.year}-${two(p.month)}-${two(p.day)}`;
};

export const formatClock = (time: TimeMs, zone: Zone, seconds = true): string => {
  const p = partsOf(time, zone);
  return `${two(p.hour)}:${two(p.minute)}${seconds ? `:${two(p.second)}` : ''}`;
};

export const formatDateTime = (time: TimeMs, zone: Zone): string =>
  `${formatDate(time, zone)} ${formatClock(time, zone)}`;

export const formatPrecise = (time: TimeMs, zone: Zone): string =>
  `${formatDateTime(time, zone)}.${String(partsOf(time, zone).ms).padStart(3, '0')}`;

// "2024-01-31 12:00", with optional seconds and an optional T, read in the zone. Null when it is none.
export function parseDateTime(text: string, zone: Zone): TimeMs | null {
  const match = /^(\d{4})-(\d\d?)-(\d\d?)(?:[ T](\d\d?):(\d\d)(?::(\d\d))?)?$/.exec(text.trim());
  if (match === null) return null;
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0));
  const time =
    zone === 'utc'
      ? Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second)
      : new Date(year ?? 0, (month ?? 1) - 1, day, hour, minute, second).getTime();
  const back = partsOf(timeMs(time), zone);
  const same = back.month === month && back.day === day && back.hour === hour && back.minute === minute;
  return same ? timeMs(time) : null;
}

// "UTC", "UTC+2", "UTC-3:30": the zone of a time, for an axis.
export function zoneName(time: TimeMs, zone: Zone): string {
  if (zone === 'utc') return 'UTC';
  const minutes = -new Date(time).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const absolute = Math.abs(minutes);
  const rest = absolute % 60;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(absolute / 60)}${rest ? `:${two(rest)}` : ''}`;
}
