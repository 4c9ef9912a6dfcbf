/** The panel's own styles. */
import base from './base.css?inline';
import panel from './panel.css?inline';
import thread from './thread.css?inline';
import composer from './composer.css?inline';
import { sheet } from './sheets';
import source from './source.css?inline';

export const panelStyle = sheet(base, panel, thread, composer, source);
