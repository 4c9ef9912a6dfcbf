import { effect } from '@preact/signals';
import { render } from 'preact';
import type { App, ContextValues, Host, Identity } from './contract';
import { Panel } from './app/components/Panel';
import { fill, locale, words } from './app/i18n';
import { Store } from './app/store';
import { applyTheme } from './app/theme';
import { panelStyle } from './app/styles';
import { addSheets } from './app/styles/sheets';
import { modules } from './modules';

export function start(host: Host): App {
  const store = new Store(host, modules);
  const root = document.createElement('div');
  root.className = 'widget';
  root.dataset.mode = host.mode;
  addSheets(host.shadow, panelStyle);
  host.shadow.append(root);

  const stopTheme = applyTheme(root, store.config);
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
  const stopLanguage = effect(() => {
    if (host.mode === 'page') document.documentElement.lang = locale.value;
  });
  render(<Panel store={store} />, root);

  const app: App = {
    open() {
      if (store.open.value) return;
      store.open.value = true;
      store.connect();
      store.thread.markRead();
      host.emit('open', undefined);
    },
    close() {
      if (!store.open.value || host.mode === 'page') return;
      store.open.value = false;
      host.emit('close', undefined);
      host.shadow.querySelector<HTMLElement>('.launcher')?.focus();
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
    destroy() {
      stopTheme();
      stopLauncher();
      stopLanguage();
      store.destroy();
      render(null, root);
      root.remove();
    },
  };
  root.addEventListener('widget-close', () => app.close());
  return app;
}
