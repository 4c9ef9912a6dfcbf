/** Constructed sheets: a page's content security policy has nothing inline to forbid, and all panels of a page share one. */

export function sheet(...css: string[]): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(css.join('\n'));
  return made;
}

/** Adds a module's styles to a panel's, once. */
export function wear(shadow: ShadowRoot, ...sheets: CSSStyleSheet[]): void {
  const worn = shadow.adoptedStyleSheets;
  shadow.adoptedStyleSheets = [...worn, ...sheets.filter((one) => !worn.includes(one))];
}
