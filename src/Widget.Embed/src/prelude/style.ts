import { sheet } from '../app/styles/sheets';
import css from './prelude.css?inline';

export const preludeStyle = sheet(css);
