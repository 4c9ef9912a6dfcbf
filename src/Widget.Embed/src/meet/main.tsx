/** The page of a call. Its HTML comes from the API (MeetPage), with the company's name, colors and, for an own call, its site key. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { onColor, readableOn } from '../color';
import { chooseLocale, fill, locale, setLocale } from '../app/i18n';
import { Call } from './call';
import { App } from './components/App';
import { meetWords } from './words';

const meta = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="meet-${name}"]`)?.content ?? '';

function tokenOf({ pathname, searchParams }: URL): string | undefined {
  const [, inPath] = /^\/meet\/(rt_[\w-]+)\/?$/.exec(pathname) ?? [];
  return inPath ?? searchParams.get('token') ?? undefined;
}

/** The company's color, readable on the surfaces of the scheme. */
function applyTheme(): void {
  const color = /^#[0-9a-f]{6}$/i.test(meta('color')) ? meta('color') : '#2f5bea';
  const prefersDark = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const apply = (): void => {
    const wanted = meta('scheme');
    const scheme = wanted === 'light' || wanted === 'dark' ? wanted : prefersDark.matches ? 'dark' : 'light';
    root.dataset.scheme = scheme;
    root.style.setProperty('--accent', color);
    root.style.setProperty('--on-accent', onColor(color));
    root.style.setProperty('--accent-text', readableOn(color, scheme === 'dark' ? '#262a32' : '#f1f3f6'));
  };
  prefersDark.addEventListener('change', apply);
  apply();
}

applyTheme();
// The server has chosen it by the company's settings and the browser's languages.
const pageLocale = document.documentElement.lang;
const address = new URL(location.href);
const call = new Call(
  location.origin,
  { token: tokenOf(address), siteKey: meta('site-key') || undefined, company: meta('company') || undefined },
  // For tests of the relay, and for people whose network allows nothing else.
  address.searchParams.get('relay') === 'only',
);
effect(() => {
  const company = call.invitation.value?.company ?? meta('company');
  const t = meetWords.value;
  document.title = company ? fill(t.callWith, { company }) : t.title;
  document.documentElement.lang = locale.value;
  document.documentElement.dir = locale.value === 'ar' ? 'rtl' : 'ltr';
});
addEventListener('pagehide', () => call.media.stop());
const root = document.getElementById('meet');
void setLocale(chooseLocale([pageLocale, ...navigator.languages])).finally(() => {
  if (root) render(<App call={call} company={meta('company')} />, root);
  void call.start();
});
