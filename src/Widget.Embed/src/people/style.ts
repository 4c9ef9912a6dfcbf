import { addSheets, sheet } from '../app/styles/sheets';
import css from './people.css?inline';

const peopleStyle = sheet(css);

export function addStyles(shadow: ShadowRoot): void {
  addSheets(shadow, peopleStyle);
}
