import { sheet } from '../app/styles/sheets';
import css from './extras.css?inline';

export const extrasStyle = sheet(css);
