/**
 * Calls back whenever the list or something in it changes its size: a call, a bar or an on-screen keyboard changes the list's own, some
 * parts come late, and others change when their texts or pictures arrive. Returns what ends that.
 */
export function onResize(list: Element, follow: () => void): () => void {
  const size = new ResizeObserver(follow);
  const observe = (): void => [list, ...list.children].forEach((element) => size.observe(element));
  const content = new MutationObserver(() => {
    observe();
    follow();
  });
  observe();
  content.observe(list, { childList: true, subtree: true });
  return () => {
    size.disconnect();
    content.disconnect();
  };
}
