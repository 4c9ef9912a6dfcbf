import { sheet } from '../call/style';
import css from './voice.css?inline';

export const voiceStyle = sheet(css);
