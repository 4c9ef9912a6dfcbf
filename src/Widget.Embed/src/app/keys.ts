/**
 * Keeps what visitors type inside the widget. Many pages have single-key shortcuts, and listeners in the capture phase get an event before
 * the text field does. So the window's listener stops it and gives the widget a copy; the browser's default action is still that of the
 * original.
 */
const types = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'paste', 'copy', 'cut'];

export function keepTypingInside(root: HTMLElement): () => void {
  // Shortcut libraries ignore editable elements, and listeners that were added before this one see the root as the target.
  Object.defineProperty(root, 'isContentEditable', { configurable: true, value: true });
  /** Keys whose keydown the page has got. It gets their keyup, too, even if Ctrl was released first. */
  const passed = new Set<string>();
  const listener = (event: Event): void => {
    if (event.target !== root) return;
    const { code } = event as KeyboardEvent;
    if (isForThePage(event)) {
      if (event.type === 'keydown') passed.add(code);
      else if (event.type === 'keyup') passed.delete(code);
      return;
    }
    if (event.type === 'keyup' && passed.delete(code)) return;
    event.stopImmediatePropagation();
    const target = event.composedPath()[0];
    if (!target?.dispatchEvent(copyOf(event))) event.preventDefault();
  };
  for (const type of types) window.addEventListener(type, listener, true);
  return () => {
    for (const type of types) window.removeEventListener(type, listener, true);
    Reflect.deleteProperty(root, 'isContentEditable');
  };
}

/** The key belongs to a composition, for example in Chinese or Japanese: Enter and Escape end that. Safari reports it only by key code. */
export function isComposing(event: KeyboardEvent): boolean {
  // eslint-disable-next-line @typescript-eslint/no-deprecated
  return event.isComposing || event.keyCode === 229;
}

/** Shortcuts with Ctrl or Cmd, function keys, Escape and Tab are not typing. AltGr counts as Ctrl and Alt, and types characters. */
function isForThePage(event: Event): boolean {
  if (!('key' in event)) return false;
  const { key, ctrlKey, metaKey } = event as KeyboardEvent;
  const isAltGr = (event as KeyboardEvent).getModifierState('AltGraph');
  return ((ctrlKey || metaKey) && !isAltGr) || /^(Escape|Tab|Control|Meta|F\d+)$/.test(key);
}

/** A copy that stays in the shadow root. */
function copyOf(event: Event): Event {
  const init: Record<string, unknown> = {};
  // The properties of an event are getters of its prototypes.
  for (const name in event) init[name] = (event as unknown as Record<string, unknown>)[name];
  // The page may have replaced the global constructors.
  return new (event.constructor as typeof Event)(event.type, { ...init, composed: false });
}
