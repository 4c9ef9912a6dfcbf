const paths = {
  close: 'm6 6 12 12M18 6 6 18',
  send: 'M12 19V5m-6.5 6.5L12 5l6.5 6.5',
  stop: 'M7 7h10v10H7z',
  plus: 'M12 5v14M5 12h14',
  back: 'm14.5 5.5-7 6.5 7 6.5',
  up: 'M7.5 20.5H5a1 1 0 0 1-1-1v-8a1 1 0 0 1 1-1h2.5m0 10v-10m0 10h9.3a2 2 0 0 0 2-1.6l1.2-6a2 2 0 0 0-2-2.4H14V5.6a2 2 0 0 0-2-2h-.4l-4.1 6.9',
  down: 'M16.5 3.5H19a1 1 0 0 1 1 1v8a1 1 0 0 1-1 1h-2.5m0-10v10m0-10H7.2a2 2 0 0 0-2 1.6l-1.2 6a2 2 0 0 0 2 2.4H10v4.9a2 2 0 0 0 2 2h.4l4.1-6.9',
  out: 'M13.5 4.5h6v6m0-6-8.5 8.5M10 5.5H6.5a2 2 0 0 0-2 2v10a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2V14',
  page: 'M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5Zm7 0V8h4.5',
  person: 'M12 11.5a3.75 3.75 0 1 0 0-7.5 3.75 3.75 0 0 0 0 7.5Zm-7 8.5c.6-3.4 3.5-5.5 7-5.5s6.4 2.1 7 5.5',
  video:
    'M4.5 6.5h9a1.5 1.5 0 0 1 1.5 1.5v8a1.5 1.5 0 0 1-1.5 1.5h-9A1.5 1.5 0 0 1 3 16V8a1.5 1.5 0 0 1 1.5-1.5ZM15 11l6-3.5v9L15 13',
  call: 'M6.5 3.8h2.8l1.5 4.2-2 1.4a11.5 11.5 0 0 0 5.8 5.8l1.4-2 4.2 1.5v2.8a1.7 1.7 0 0 1-1.9 1.7A16.2 16.2 0 0 1 4.8 5.7a1.7 1.7 0 0 1 1.7-1.9Z',
  listen: 'M4.5 9.5v5H8l4.5 4v-13L8 9.5Zm11-1a5 5 0 0 1 0 7m2.6-9.6a8.6 8.6 0 0 1 0 12.2',
  voice: 'M12 3.5a2.5 2.5 0 0 1 2.5 2.5v5.5a2.5 2.5 0 0 1-5 0V6A2.5 2.5 0 0 1 12 3.5Zm-6 8a6 6 0 0 0 12 0M12 17.5v3',
} as const;

/** One of the panel's icons, or a module's own path. */
export function Icon({ name, path }: { name: keyof typeof paths; path?: never } | { name: string; path: string }) {
  return (
    <svg class={`icon icon-${name}`} viewBox="0 0 24 24" aria-hidden="true">
      <path d={path ?? paths[name]} />
    </svg>
  );
}
