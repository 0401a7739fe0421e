// A button that is an icon, with its name for those who do not see it and a hint for those who do.

import { ActionIcon, Tooltip } from '@mantine/core';
import { Icon, type IconName } from './Icon';

interface Props {
  readonly icon: IconName;
  readonly label: string;
  readonly onClick: () => void;
  readonly disabled?: boolean;
  readonly testId?: string;
  readonly size?: number;
}

export function IconButton({ icon, label, onClick, disabled = false, testId, size = 28 }: Props): JSX.Element {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} onClick={onClick} disabled={disabled} data-testid={testId} size={size}>
        <Icon name={icon} size={Math.round(size * 0.57)} />
      </ActionIcon>
    </Tooltip>
  );
}
