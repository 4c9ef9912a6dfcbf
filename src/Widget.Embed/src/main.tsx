import { effect } from '@preact/signals';
import { render } from 'preact';
import type { App, ContextValues, Host, Identity } from './contract';
import { keepPlace } from './app/attachment';
import { Panel } from './app/components/Panel';
import { keepTypingInside } from './app/keys';
import { fill, locale, words } from './app/i18n';
import { Store } from './app/store';
import { applyTheme } from './app/theme';
import { panelStyle } from './app/styles';
import { launcherStyle } from './app/styles/launcher';
import { addSheets } from './app/styles/sheets';
import { modules } from './modules';

export function start(host: Host): App {
  const store = new Store(host, modules);
  const root = document.createElement('div');
  root.className = 'widget';
  root.dataset.mode = host.mode;
  addSheets(host.shadow, launcherStyle, panelStyle);
  addCloseIcon(host.shadow.querySelector('.launcher svg'));
  host.shadow.append(root);

  const stopTheme = applyTheme(root, store.config, host.appearance()?.scheme);
  const stopLauncher = effect(() => {
    const { openChat, closeChat, unread } = words.value;
    const call = store.call.value;
    const label = [
      store.open.value ? closeChat : openChat,
      ...(store.thread.unread.value > 0 ? [fill(unread, { n: store.thread.unread.value })] : []),
      ...(call?.active.value ? [words.value[`callActive_${call.mode}`]] : []),
    ];
    host.badge(store.thread.unread.value);
    host.launcher(store.open.value, label.join(', '));
  });
  const stopTyping = keepTypingInside(host.element);
  const place = keepPlace(root, host.shadow);
  // An answer that is still being written will be unread on the next page.
  const leave = (): void => {
    if (!store.open.value && store.thread.isAnswering.value) host.badge(store.thread.unread.value + 1);
  };
  window.addEventListener('pagehide', leave);
  const stopLanguage = effect(() => {
    if (host.mode === 'page') document.documentElement.lang = locale.value;
  });
  render(<Panel store={store} />, root);

  const app: App = {
    open(restored = false) {
      if (store.open.value) return;
      store.isRestored = restored;
      store.memory.open = true;
      store.open.value = true;
      if (host.opener) store.view.value = 'thread';
      store.connect();
      store.thread.markRead();
      host.emit('open');
    },
    close() {
      if (!store.open.value || host.mode === 'page') return;
      // Somebody who is elsewhere in the page stays there.
      const inside = host.shadow.activeElement !== null;
      store.open.value = false;
      store.memory.open = false;
      host.emit('close');
      if (inside) host.shadow.querySelector<HTMLElement>('.launcher')?.focus();
    },
    toggle() {
      if (store.open.value) app.close();
      else app.open();
    },
    // A page's JavaScript may pass anything.
    ask(text: unknown) {
      app.open();
      store.send(typeof text === 'string' ? text : '');
    },
    identify: (identity: Identity | undefined) => store.identify(identity ?? {}),
    setContext: (context: ContextValues | undefined) => store.setContext(context ?? {}),
    reset: () => store.reset(),
    attached: () => place.restore(),
    destroy() {
      stopTyping();
      place.stop();
      window.removeEventListener('pagehide', leave);
      stopTheme();
      stopLauncher();
      stopLanguage();
      store.destroy();
      render(null, root);
      root.remove();
      // The page may have kept a reference to the API.
      for (const name of Object.keys(app)) app[name as keyof App] = () => undefined;
    },
  };
  root.addEventListener('widget-close', () => app.close());
  return app;
}

/** The loader draws the icon of the closed launcher only. */
function addCloseIcon(chat: Element | null): void {
  if (!chat) return;
  chat.setAttribute('class', 'chat');
  const close = chat.cloneNode(true) as Element;
  close.setAttribute('class', 'close');
  close.firstElementChild?.setAttribute('d', 'm6 6 12 12M18 6 6 18');
  chat.after(close);
}
