/** The message beside the launcher. It is built without Preact, which is not loaded before the panel is opened. */
import css from './triggers.css?inline';

// Not with the panel's own function: that would load the panel.
const style = new CSSStyleSheet();
style.replaceSync(css);

/** In the page's language. The message's own language is the company's choice. */
const english = { close: 'Close this message', from: 'Message from the chat' };
const words: Record<string, typeof english> = {
  de: { close: 'Diese Nachricht schließen', from: 'Nachricht aus dem Chat' },
  es: { close: 'Cerrar este mensaje', from: 'Mensaje del chat' },
  ar: { close: 'إغلاق هذه الرسالة', from: 'رسالة من الدردشة' },
};

export interface Bubble {
  remove(): void;
}

export interface BubbleActions {
  open: () => void;
  close: () => void;
}

export function showBubble(
  shadow: ShadowRoot,
  message: string,
  language: string,
  scheme: 'auto' | 'light' | 'dark',
  { open, close }: BubbleActions,
): Bubble {
  if (!shadow.adoptedStyleSheets.includes(style)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, style];
  const t = words[language.slice(0, 2)] ?? english;
  const isRtl = language.startsWith('ar');
  const bubble = document.createElement('div');
  bubble.className = 'trigger';
  bubble.dataset.scheme = scheme;
  bubble.dir = isRtl ? 'rtl' : 'ltr';
  bubble.setAttribute('role', 'region');
  bubble.ariaLabel = t.from;
  const text = document.createElement('button');
  text.type = 'button';
  text.className = 'trigger-text';
  text.dir = 'auto';
  text.addEventListener('click', open);
  const cross = document.createElement('button');
  cross.type = 'button';
  cross.className = 'trigger-close';
  cross.ariaLabel = t.close;
  cross.title = t.close;
  cross.textContent = '\u00d7';
  cross.addEventListener('click', close);
  bubble.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    close();
  });
  // Screen readers announce text that comes into a status element, not one that comes with it.
  const status = document.createElement('span');
  status.setAttribute('role', 'status');
  text.append(status);
  bubble.append(text, cross);
  shadow.append(bubble);
  requestAnimationFrame(() => (status.textContent = message));
  return { remove: () => bubble.remove() };
}
