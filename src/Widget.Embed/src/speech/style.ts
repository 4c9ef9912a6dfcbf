import { sheet } from '../app/styles/sheets';
import css from './speech.css?inline';

export const speechStyle = sheet(css);
