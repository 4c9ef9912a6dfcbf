const fields =
  'textarea, select, iframe, [contenteditable], input:not([type=radio], [type=checkbox], [type=button], [type=submit])';

/**
 * Whether the visitor writes in a field outside this element, in the widget or on the page. What the widget does late, such as after an
 * answer of the server, must not take the focus away from there: the next letters would be lost.
 */
export function isWritingOutside(element: Element | null, shadow: ShadowRoot): boolean {
  const field = shadow.activeElement ?? document.activeElement;
  return field?.matches(fields) === true && !element?.contains(field);
}
