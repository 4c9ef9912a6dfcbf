/** SVG paths of the player's icons, on a 24 by 24 grid. */
export const icons = {
  pause: 'M9 6v12M15 6v12',
  play: 'M8 5.5v13l10.5-6.5Z',
  skip: 'M6 5.5v13l9.5-6.5ZM18.5 5.5v13',
  sound: 'M4.5 9.5v5H8l4.5 4v-13L8 9.5Zm11-1a5 5 0 0 1 0 7',
  muted: 'M4.5 9.5v5H8l4.5 4v-13L8 9.5Zm11.5 0 5 5m0-5-5 5',
} as const;
