/**
 * The page that the console shows in a frame: the real widget with settings that are not saved. The console posts the settings, and this
 * script puts them into the API's responses before the widget reads them.
 */
interface Settings {
  agentName: string;
  greeting: string | null;
  introduction: string | null;
  translations: Record<string, unknown>;
  suggestedQuestions: string[];
  theme: { color: string; position: string; scheme: string; logoUrl: string | null; portraitUrl: string | null };
  locale: string;
  contactUrl: string | null;
  preChat: object | null;
}

interface Message {
  type: 'widget-preview';
  settings: Settings;
  /** The language to show; empty for that of the settings. */
  locale: string;
  /** Whether to show the panel, not only the launcher. */
  open: boolean;
}

const script = document.currentScript as HTMLScriptElement;
const siteKey = script.dataset.siteKey ?? '';
let shown: Message | undefined;

const original = window.fetch.bind(window);
window.fetch = async (input, init) => {
  const response = await original(input, init);
  const { pathname } = new URL(input instanceof Request ? input.url : String(input), location.href);
  if (!shown || !response.ok) return response;
  const { settings } = shown;
  if (pathname === '/api/widget/appearance') return Response.json(settings.theme);
  if (pathname !== '/api/widget/session') return response;
  const session = (await response.json()) as { config: object };
  return Response.json({ ...session, config: { ...session.config, ...configOf(settings) } });
};

function configOf(settings: Settings): object {
  const { agentName, greeting, introduction, translations, suggestedQuestions, theme, locale, contactUrl } = settings;
  return {
    ...{ agentName, greeting, introduction, translations, suggestedQuestions, theme, locale, contactUrl },
    logoUrl: theme.logoUrl,
    portraitUrl: theme.portraitUrl,
    preChat: settings.preChat ?? { fields: [] },
  };
}

function show(message: Message): void {
  shown = message;
  const page = window as { Widget?: { destroy(): void; open(): void } };
  page.Widget?.destroy();
  // What the loader remembers of the last look and of whether the panel was open.
  for (const key of [`widget:${siteKey}:looks`, `widget:${siteKey}:open`]) {
    localStorage.removeItem(key);
    sessionStorage.removeItem(key);
  }
  const tag = document.createElement('script');
  tag.src = '/widget.js';
  tag.dataset.siteKey = siteKey;
  const locale = message.locale || (message.settings.locale === 'auto' ? '' : message.settings.locale);
  if (locale) tag.dataset.locale = locale;
  if (message.open) tag.addEventListener('load', () => page.Widget?.open());
  script.after(tag);
}

// Only the page that shows this one, which the API has given the address.
addEventListener('message', (event: MessageEvent<Partial<Message> | undefined>) => {
  if (event.source === parent && event.data?.type === 'widget-preview') show(event.data as Message);
});
parent.postMessage({ type: 'widget-preview-ready' }, '*');
