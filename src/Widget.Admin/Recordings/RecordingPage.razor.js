/** Plays a recording from a line of its transcript. */
export function playFrom(player, seconds) {
  player.currentTime = seconds;
  // The browser may refuse to play before the viewer has used the page; then the position is set all the same.
  player.play().catch(() => {});
}
