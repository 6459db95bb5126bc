import { useEffect, useState } from 'preact/hooks';

export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const name = 'theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set<() => void>();

function readTheme(): Theme {
  const kept = localStorage.getItem(name);
  return themes.find((theme) => theme === kept) ?? 'system';
}

function apply(): void {
  const theme = readTheme();
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const listener of listeners) listener();
}

apply();
dark.addEventListener('change', apply);

export function chooseTheme(theme: Theme): void {
  localStorage.setItem(name, theme);
  apply();
}

/** The chosen theme, and whether the page is dark now. */
export function useTheme(): { theme: Theme; isDark: boolean } {
  const [, setRound] = useState(0);
  useEffect(() => {
    const listener = () => setRound((round) => round + 1);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }, []);
  const theme = readTheme();
  return { theme, isDark: theme === 'dark' || (theme === 'system' && dark.matches) };
}
