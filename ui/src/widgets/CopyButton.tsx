// Copies a text and says so for a moment.

import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { Icon, type IconName } from './Icon';

interface Props {
  readonly text: string | (() => string);
  readonly label: string;
  readonly icon?: IconName;
  readonly size?: number;
  readonly testId?: string;
}

export function CopyButton({ text, label, icon = 'copy', size = 22, testId }: Props): JSX.Element {
  const clipboard = useClipboard({ timeout: 1500 });
  const said = clipboard.copied ? 'Copied' : clipboard.error !== null ? 'The browser refused to copy' : label;
  return (
    <Tooltip label={said}>
      <ActionIcon
        aria-label={said}
        size={size}
        data-testid={testId}
        onClick={() => clipboard.copy(typeof text === 'string' ? text : text())}
      >
        <Icon name={clipboard.copied ? 'check' : icon} size={Math.round(size * 0.6)} />
      </ActionIcon>
    </Tooltip>
  );
}
