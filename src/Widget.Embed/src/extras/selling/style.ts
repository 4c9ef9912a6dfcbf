import { addSheets, sheet } from '../../app/styles/sheets';
import { extrasStyle } from '../style';
import css from './selling.css?inline';

const sellingStyle = sheet(css);

export function addStyles(shadow: ShadowRoot): void {
  addSheets(shadow, extrasStyle, sellingStyle);
}
