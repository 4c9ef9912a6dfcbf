// Passes unsaved settings to the preview's frame once its page is ready.
const latest = new WeakMap();

addEventListener('message', (event) => {
  if (event.data?.type !== 'widget-preview-ready') return;
  for (const frame of document.querySelectorAll('iframe[data-widget-preview]'))
    if (frame.contentWindow === event.source) {
      frame.dataset.ready = 'true';
      post(frame);
    }
});

export function show(frame, settings, locale, open) {
  latest.set(frame, { type: 'widget-preview', settings: JSON.parse(settings), locale, open });
  if (frame.dataset.ready) post(frame);
}

function post(frame) {
  const message = latest.get(frame);
  if (message) frame.contentWindow.postMessage(message, new URL(frame.src).origin);
}
