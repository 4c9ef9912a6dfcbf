import css from './call.css?inline';

const common = sheet(css);

export function sheet(styles: string): CSSStyleSheet {
  const made = new CSSStyleSheet();
  made.replaceSync(styles);
  return made;
}

/** Adds the styles of calls, and those of one kind, to a panel's, once. */
export function wear(shadow: ShadowRoot, own: CSSStyleSheet): void {
  for (const worn of [common, own])
    if (!shadow.adoptedStyleSheets.includes(worn)) shadow.adoptedStyleSheets = [...shadow.adoptedStyleSheets, worn];
}
