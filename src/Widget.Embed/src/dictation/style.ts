import { sheet } from '../app/styles/sheets';
import css from './dictation.css?inline';

export const dictationStyle = sheet(css);
