import css from './dictation.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync(css);

/** Adds the styles of dictation to a panel's, once. */
export function wear(shadow: ShadowRoot): void {
  if (!shadow.adoptedStyleSheets.includes(sheet)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, sheet];
}
