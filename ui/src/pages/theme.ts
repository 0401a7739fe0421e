// Mantine's look, made calm and dense.

import { createTheme, type MantineColorsTuple } from '@mantine/core';

const INK: MantineColorsTuple = [
  '#edf4ff', '#dbe7fb', '#b4cdf5', '#8ab1f0', '#6699eb', '#4f89e8', '#2f74d8', '#2563c9', '#1d57b3', '#0f4a9d',
];
const NIGHT: MantineColorsTuple = [
  '#e2e8f0', '#c3ccd8', '#8d9aab', '#5f6c7d', '#2b3646', '#232d3b', '#131a24', '#0e131b', '#0b1017', '#090d13',
];

export const theme = createTheme({
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  colors: { ink: INK, dark: NIGHT },
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '14px', lg: '16px', xl: '20px' },
  defaultRadius: 6,
  cursorType: 'pointer',
  components: {
    Button: { defaultProps: { size: 'xs' } },
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray', size: 28 } },
    TextInput: { defaultProps: { size: 'xs' } },
    Select: { defaultProps: { size: 'xs', allowDeselect: false, comboboxProps: { shadow: 'md' } } },
    SegmentedControl: { defaultProps: { size: 'xs' } },
    Switch: { defaultProps: { size: 'xs' } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: false, fz: 'xs' } },
    Popover: { defaultProps: { shadow: 'lg' } },
    Menu: { defaultProps: { shadow: 'lg' } },
  },
});
