import { effect, type ReadonlySignal } from '@preact/signals';
import { onColor, readableOn } from '../color';
import type { Appearance } from '../contract';
import type { Config } from './events';

/** The darkest surface of the light scheme and the lightest of the dark one: what is readable on these is readable on all. */
const surfaces = { light: '#f1f3f6', dark: '#262a32' };

/**
 * Applies the tenant's color and color scheme to the panel; the scheme "auto" follows the visitor's system.
 * @param remembered The scheme of the last visit. It applies until the configuration is known.
 */
export function applyTheme(
  root: HTMLElement,
  config: ReadonlySignal<Config | undefined>,
  remembered?: Appearance['scheme'],
): () => void {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const apply = (): void => {
    const setting = config.value?.theme.scheme ?? remembered ?? 'auto';
    const scheme = setting === 'auto' ? (prefersDark.matches ? 'dark' : 'light') : setting;
    const accent = getComputedStyle(root).getPropertyValue('--accent').trim();
    root.dataset.scheme = scheme;
    if (!/^#[0-9a-f]{6}$/i.test(accent)) return;
    root.style.setProperty('--accent-text', readableOn(accent, surfaces[scheme]));
    // For gradients: away from the text, so that it stays readable.
    root.style.setProperty('--accent-shade', onColor(accent) === '#ffffff' ? '#000' : '#fff');
  };
  prefersDark.addEventListener('change', apply);
  const stop = effect(apply);
  return () => {
    stop();
    prefersDark.removeEventListener('change', apply);
  };
}
