import { sheet } from '../app/styles/sheets';
import css from './video.css?inline';

export const videoStyle = sheet(css);
