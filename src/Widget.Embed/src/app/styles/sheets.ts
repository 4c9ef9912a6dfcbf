/** Constructed style sheets: they work under any content security policy, and all panels of a page share them. */

export function sheet(...css: string[]): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css.join('\n'));
  return sheet;
}

/** Adds style sheets to a panel, each once. */
export function addSheets(shadow: ShadowRoot, ...sheets: CSSStyleSheet[]): void {
  const adopted = shadow.adoptedStyleSheets;
  shadow.adoptedStyleSheets = [...adopted, ...sheets.filter((sheet) => !adopted.includes(sheet))];
}
