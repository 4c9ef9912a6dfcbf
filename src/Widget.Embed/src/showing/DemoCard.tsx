import { Icon } from '../app/components/Icon';
import type { Demo } from '../app/events';
import { fill } from '../app/i18n';
import type { PanelHost } from '../app/moduleHost';
import * as paths from './icons';
import { showingWords } from './words';

const icons: Record<Demo['kind'], string> = {
  video: paths.play,
  image: paths.picture,
  slide: paths.slide,
  page: paths.site,
};

/** A demo in the thread. Opens it beside the thread, also when it has been closed. */
export function DemoCard({ panel, demo }: { panel: PanelHost; demo: Demo }) {
  const t = showingWords.value;
  const isShown = panel.stage.value?.id === demo.id;
  const kind = t[`kind_${demo.kind}`];
  return (
    <section class="demo-card" aria-label={demo.title}>
      <button
        type="button"
        aria-pressed={isShown}
        onClick={() => {
          panel.stage.value = isShown ? undefined : demo;
        }}
      >
        <span class="badge-icon">
          <Icon name="demo" path={icons[demo.kind]} />
        </span>
        <span class="by-panel">
          <b dir="auto">{demo.title}</b>
          {demo.description && (
            <span class="about" dir="auto">
              {demo.description}
            </span>
          )}
          <span class="note">
            {isShown ? t.shown : demo.page ? `${kind} · ${fill(t.page, { n: demo.page })}` : kind}
          </span>
        </span>
      </button>
    </section>
  );
}
