import { sheet } from '../app/styles/sheets';
import css from './call.css?inline';

export const callStyle = sheet(css);
