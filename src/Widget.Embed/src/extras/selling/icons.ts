/** Paths of icons, on a square of 24 units. */
export const calendar =
  'M6 5.5h12A1.5 1.5 0 0 1 19.5 7v11a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V7A1.5 1.5 0 0 1 6 5.5Zm-1.5 5h15M8.5 3.5v4m7-4v4';
export const price =
  'M4.5 5.5a1 1 0 0 1 1-1h5.9l7.7 7.7a1.5 1.5 0 0 1 0 2.1l-4.8 4.8a1.5 1.5 0 0 1-2.1 0l-7.7-7.7Zm4.5 3.5h.01';
export const play =
  'M5 5.5h14A1.5 1.5 0 0 1 20.5 7v10a1.5 1.5 0 0 1-1.5 1.5H5A1.5 1.5 0 0 1 3.5 17V7A1.5 1.5 0 0 1 5 5.5Zm5 3.5v6l5-3Z';
