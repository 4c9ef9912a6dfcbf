import { sheet } from '../call/style';
import css from './video.css?inline';

export const videoStyle = sheet(css);
