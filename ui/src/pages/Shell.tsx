// The frame of every page: name, pages, the page's own tools, light or dark.

import { useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { fetchVersion } from '../api/buildInfo';
import { useAnswer } from '../query/useAnswer';
import { IconButton } from '../widgets/IconButton';
import { Link } from './Link';
import styles from './Shell.module.css';

interface Props {
  readonly page: 'explorer' | 'targets' | 'trace' | 'none';
  readonly tools?: ReactNode;
  readonly children: ReactNode;
}

const NEXT = { auto: 'light', light: 'dark', dark: 'auto' } as const;
const SCHEME_ICON = { auto: 'auto', light: 'sun', dark: 'moon' } as const;
const SCHEME_NAME = { auto: 'as the system', light: 'light', dark: 'dark' } as const;

export function Shell({ page, tools, children }: Props): JSX.Element {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const version = useAnswer(['version'], [], fetchVersion, true, 300_000);
  const item = (name: Props['page'], href: string, text: string): JSX.Element => (
    <Link href={href} className={styles['item'] ?? ''} aria-current={page === name ? 'page' : undefined}>
      {text}
    </Link>
  );
  return (
    <div className={styles['shell']}>
      <header className={styles['head']}>
        <Link href="/" className={styles['name'] ?? ''} title={version.value === null ? 'glint' : `glint ${version.value}`}>
          <svg width="20" height="20" viewBox="0 0 32 32" aria-hidden="true">
            <path d="M3 27h6v-8h6v5h6V13h6v14" fill="none" stroke="currentColor" strokeOpacity="0.45" strokeWidth="3" strokeLinejoin="round" />
            <circle cx="22" cy="6" r="4.500" fill="var(--glint-spark)" />
          </svg>
          glint
        </Link>
        <nav className={styles['nav']} aria-label="Pages">
          {item('explorer', '/', 'Explorer')}
          {item('targets', '/targets', 'Targets')}
        </nav>
        <div className={styles['tools']}>{tools}</div>
        <IconButton
          icon={SCHEME_ICON[colorScheme]}
          label={`Colours: ${SCHEME_NAME[colorScheme]}`}
          onClick={() => setColorScheme(NEXT[colorScheme])}
          testId="scheme"
        />
      </header>
      <div className={styles['body']}>{children}</div>
    </div>
  );
}
