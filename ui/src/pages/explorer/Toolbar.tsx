// The Explorer's tools in the head of the page: time, refresh, running, the link.

import { Button, Menu } from '@mantine/core';
import { formatDurationMs, type TimeMs } from '../../base/time';
import { REFRESHES_MS } from '../../query/state';
import { CopyButton } from '../../widgets/CopyButton';
import { Icon } from '../../widgets/Icon';
import { IconButton } from '../../widgets/IconButton';
import { TimeRangePicker } from '../../widgets/TimeRangePicker';
import type { Explorer } from './useExplorer';

interface Props {
  readonly explorer: Explorer;
  readonly now: TimeMs;
  readonly onRefresh: () => void;
}

const refreshName = (ms: number): string => (ms === 0 ? 'Off' : `Every ${formatDurationMs(ms)}`);

export function Toolbar({ explorer, now, onRefresh }: Props): JSX.Element {
  const { state, change } = explorer;
  return (
    <>
      <TimeRangePicker
        range={state.range}
        zone={state.zone}
        now={now}
        onChange={(range) => change({ range })}
        onZone={(zone) => change({ zone })}
      />
      <Button.Group>
        <Button variant="default" px={8} onClick={onRefresh} aria-label="Refresh now" data-testid="refresh-now">
          <Icon name="refresh" size={14} />
        </Button>
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" px={8} rightSection={<Icon name="down" size={12} />} data-testid="refresh" aria-label="Live refresh">
              {state.refreshMs === 0 ? 'Off' : formatDurationMs(state.refreshMs)}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Label>Live refresh</Menu.Label>
            {REFRESHES_MS.map((ms) => (
              <Menu.Item key={ms} onClick={() => change({ refreshMs: ms })} fw={ms === state.refreshMs ? 600 : 400}>
                {refreshName(ms)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      </Button.Group>
      <CopyButton icon="link" label="Copy a link to this view" size={28} text={() => window.location.href} testId="copy-link" />
      {state.range.kind === 'between' && (
        <IconButton icon="play" label="Back to live" onClick={() => change({ range: { kind: 'last', ms: 15 * 60_000 } })} testId="live" />
      )}
    </>
  );
}
