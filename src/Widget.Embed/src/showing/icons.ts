/** Paths of icons, on a square of 24 units. */
export const play = 'M8 5.5v13l10.5-6.5Z';
export const picture =
  'M5 5h14a1.5 1.5 0 0 1 1.5 1.5v11A1.5 1.5 0 0 1 19 19H5a1.5 1.5 0 0 1-1.5-1.5v-11A1.5 1.5 0 0 1 5 5Zm-1.5 11 5-5 4 4 3-3 5 5M15.5 9h.01';
export const slide = 'M3.5 5h17M5 5v10h14V5M12 15v4m-3.5 0h7';
export const site =
  'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17Zm0 0c2.2-2.3 3.3-5.2 3.3-8.5S14.2 5.8 12 3.5m0 17C9.8 18.2 8.7 15.3 8.7 12S9.8 5.8 12 3.5M3.7 12h16.6';
export const fold = 'm6 9.5 6 6 6-6';
export const gear =
  'M12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm0-11.5v2M12 18.5v2M3.5 12h2m13 0h2M6 6l1.4 1.4m9.2 9.2L18 18m0-12-1.4 1.4M7.4 16.6 6 18';
