import { describe, expect, it } from 'vitest';
import { formatDateTime, formatDurationMs, formatPrecise, parseDateTime, parseDuration, timeMs, zoneName } from './time';

describe('time', () => {
  it.each([
    ['15m', 900_000],
    ['1h30m', 5_400_000],
    ['250ms', 250],
    ['2d', 172_800_000],
  ])('reads and writes %s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
    expect(parseDuration(formatDurationMs(ms))).toBe(ms);
  });

  it.each(['', '15', 'm', '1.5h', '5 m', '0s'])('refuses the duration %j', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('reads a date in its zone and writes it back', () => {
    const time = parseDateTime('2024-02-29 13:05:07', 'utc');
    expect(time).toBe(Date.UTC(2024, 1, 29, 13, 5, 7));
    expect(formatDateTime(time ?? timeMs(0), 'utc')).toBe('2024-02-29 13:05:07');
    expect(formatPrecise(timeMs((time ?? 0) + 42), 'utc')).toBe('2024-02-29 13:05:07.042');
    const local = parseDateTime('2024-02-29 13:05', 'local');
    expect(formatDateTime(local ?? timeMs(0), 'local')).toBe('2024-02-29 13:05:00');
    expect(zoneName(timeMs(0), 'utc')).toBe('UTC');
  });

  it.each(['2024-02-30 10:00', 'yesterday', '2024-13-01', '2024-01-01 25:00'])('refuses %j', (text) => {
    expect(parseDateTime(text, 'utc')).toBeNull();
  });
});
