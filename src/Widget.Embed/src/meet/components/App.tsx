import { meetWords } from '../words';
import type { Call } from '../call';
import { InCall } from './InCall';
import { Over } from './Over';
import { PreJoin } from './PreJoin';

export function App({ call, company }: { call: Call; company: string }) {
  const t = meetWords.value;
  switch (call.phase.value) {
    case 'loading':
      return (
        <main class="page">
          <p class="quiet" role="status">
            {t.loading}
          </p>
        </main>
      );
    case 'prejoin':
    case 'joining':
      return <PreJoin call={call} company={company} />;
    case 'waiting':
      return (
        <main class="page">
          <div class="card narrow" role="status">
            <span class="pulse" aria-hidden="true" />
            <h1>{t.waitTitle}</h1>
            <p>{t.waitText}</p>
            <button type="button" class="secondary" onClick={() => void call.leave()}>
              {t.leave}
            </button>
          </div>
        </main>
      );
    case 'call':
      return <InCall call={call} />;
    case 'over':
      return <Over call={call} />;
  }
}
