import { sheet } from './sheets';
import css from './launcher.css?inline';

export const launcherStyle = sheet(css);
