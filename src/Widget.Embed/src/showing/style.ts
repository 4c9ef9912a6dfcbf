import { addSheets, sheet } from '../app/styles/sheets';
import css from './showing.css?inline';

const showingStyle = sheet(css);

export function addStyles(shadow: ShadowRoot): void {
  addSheets(shadow, showingStyle);
}
