import { addSheets, sheet } from '../../app/styles/sheets';
import { extrasStyle } from '../style';
import css from './questions.css?inline';

const questionsStyle = sheet(css);

export function addStyles(shadow: ShadowRoot): void {
  addSheets(shadow, extrasStyle, questionsStyle);
}
