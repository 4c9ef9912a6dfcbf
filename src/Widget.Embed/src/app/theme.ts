import { effect, type ReadonlySignal } from '@preact/signals';
import { readableOn } from '../color';
import type { Config } from './events';

const backgrounds = { light: '#ffffff', dark: '#16181d' };

/** Applies the tenant's color and color scheme to the panel; the scheme "auto" follows the visitor's system. */
export function applyTheme(root: HTMLElement, config: ReadonlySignal<Config | undefined>): () => void {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const theme = config.value?.theme;
    const setting = theme?.scheme ?? 'auto';
    const scheme = setting === 'auto' ? (prefersDark.matches ? 'dark' : 'light') : setting;
    const accent = getComputedStyle(root).getPropertyValue('--accent').trim();
    root.dataset.scheme = scheme;
    if (/^#[0-9a-f]{6}$/i.test(accent))
      root.style.setProperty('--accent-text', readableOn(accent, backgrounds[scheme]));
  };
  prefersDark.addEventListener('change', apply);
  const stop = effect(apply);
  return () => {
    stop();
    prefersDark.removeEventListener('change', apply);
  };
}
