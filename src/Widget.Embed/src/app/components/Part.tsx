import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { words } from '../i18n';

const loaded = new Map<unknown, unknown>();

interface Props<P> {
  /** Loads the component. */
  load: () => Promise<ComponentType<P>>;
  props: P;
}

/** A part of the panel that is loaded when it is first shown. */
export function Part<P extends object>({ load, props }: Props<P>) {
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>(loaded.has(load) ? 'ready' : 'loading');
  useEffect(() => {
    if (loaded.has(load)) return undefined;
    let wanted = true;
    load().then(
      (component) => {
        loaded.set(load, component);
        if (wanted) setState('ready');
      },
      () => {
        if (wanted) setState('failed');
      },
    );
    return () => {
      wanted = false;
    };
  }, [load]);
  const Component = loaded.get(load) as ComponentType<P> | undefined;
  if (Component) return <Component {...props} />;
  return state === 'failed' ? (
    <div class="status" role="alert">
      <span>{words.value.partFailed}</span>
    </div>
  ) : null;
}
