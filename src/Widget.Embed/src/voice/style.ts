import { sheet } from '../app/styles/sheets';
import css from './voice.css?inline';

export const voiceStyle = sheet(css);
