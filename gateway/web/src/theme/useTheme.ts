import { useCallback, useEffect, useState, useSyncExternalStore } from 'react';
import type { Theme, ThemeChoice } from './palette.js';

export const THEME_CHOICES: readonly ThemeChoice[] = ['system', 'dark', 'light'];

const STORED_AS = 'oms.theme';
const prefersLight = window.matchMedia('(prefers-color-scheme: light)');

function subscribe(listener: () => void): () => void {
  prefersLight.addEventListener('change', listener);
  return () => prefersLight.removeEventListener('change', listener);
}

function stored(): ThemeChoice {
  const text = window.localStorage.getItem(STORED_AS);
  return THEME_CHOICES.find((choice) => choice === text) ?? 'system';
}

/** The theme in force, what was chosen, and how to choose; a choice outlasts the session. */
export function useTheme(): { theme: Theme; choice: ThemeChoice; choose: (choice: ThemeChoice) => void } {
  const [choice, setChoice] = useState(stored);
  const light = useSyncExternalStore(subscribe, () => prefersLight.matches);
  const theme: Theme = choice === 'system' ? (light ? 'light' : 'dark') : choice;
  useEffect(() => {
    document.documentElement.dataset['theme'] = theme;
  }, [theme]);
  const choose = useCallback((next: ThemeChoice) => {
    window.localStorage.setItem(STORED_AS, next);
    setChoice(next);
  }, []);
  return { theme, choice, choose };
}
