// The colours of the charts for the scheme on show.

import { useComputedColorScheme } from '@mantine/core';
import { DARK_THEME, LIGHT_THEME, type ChartTheme } from '../charts/theme';

export function useChartTheme(): ChartTheme {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false });
  return scheme === 'dark' ? DARK_THEME : LIGHT_THEME;
}
