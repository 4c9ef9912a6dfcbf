import css from './speech.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Adds the styles of reading aloud to a panel's, once. */
export function wear(shadow: ShadowRoot): void {
  if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
