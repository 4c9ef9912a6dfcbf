/** The panel's own styles. */
import base from './base.css?inline';
import composer from './composer.css?inline';
import home from './home.css?inline';
import panel from './panel.css?inline';
import sheetStyle from './sheet.css?inline';
import { sheet } from './sheets';
import thread from './thread.css?inline';

export const panelStyle = sheet(base, panel, home, thread, composer, sheetStyle);
