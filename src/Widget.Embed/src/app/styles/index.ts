/** One sheet for all panels: constructed, so that a page's content security policy has nothing inline to forbid. */
import base from './base.css?inline';
import panel from './panel.css?inline';
import thread from './thread.css?inline';
import composer from './composer.css?inline';
import source from './source.css?inline';

const sheet = new CSSStyleSheet();
sheet.replaceSync([base, panel, thread, composer, source].join('\n'));

export default [sheet];
