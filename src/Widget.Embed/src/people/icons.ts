/** Paths of icons, on a square of 24 units. */
export const clip =
  'm19.5 11.5-7.8 7.8a4.6 4.6 0 0 1-6.5-6.5l8.1-8.1a3.1 3.1 0 0 1 4.4 4.4l-8.1 8.1a1.5 1.5 0 0 1-2.2-2.2l7.5-7.5';
export const file =
  'M7 3.5h7l4.5 4.5v11a1.5 1.5 0 0 1-1.5 1.5H7A1.5 1.5 0 0 1 5.5 19V5A1.5 1.5 0 0 1 7 3.5Zm7 0V8h4.5M9 13h6m-6 3.5h4';
export const retry = 'M19.5 5v4.5H15m4.2-.3A8.2 8.2 0 1 0 20.2 13';
