/** The panel's call: loads the call modules, and starts and ends calls. */
import { signal } from '@preact/signals';
import type { CallMode, LiveCall } from './call';
import type { CallHost, Modules } from './moduleHost';

export class Calls {
  /** The call, until the visitor has closed its final message. */
  readonly current = signal<LiveCall | undefined>(undefined);
  /** Whether a call module is loading, or could not be loaded. */
  readonly loading = signal<{ mode: CallMode; state: 'loading' | 'failed' } | undefined>(undefined);
  #destroyed = false;

  constructor(
    private readonly host: CallHost,
    private readonly modules: Modules,
  ) {}

  isOffered(mode: CallMode): boolean {
    return !!this.host.config.value?.modes.includes(mode) && (mode === 'video' || 'RTCPeerConnection' in window);
  }

  /** Starts a call in place of the current one. */
  async start(mode: CallMode): Promise<void> {
    if (this.current.value?.mode === mode || this.loading.value?.state === 'loading') return;
    this.loading.value = { mode, state: 'loading' };
    const { conversationId } = this.host;
    try {
      const open = await this.modules[mode]();
      this.loading.value = undefined;
      // While loading, the visitor may have started a new conversation, or the widget may have been removed.
      if (conversationId !== this.host.conversationId || this.#destroyed) return;
      this.end();
      this.current.value = open(this.host);
    } catch {
      this.loading.value = { mode, state: 'failed' };
    }
  }

  /** Ends the call without a final message. */
  end(): void {
    this.current.value?.destroy();
    this.current.value = undefined;
  }

  destroy(): void {
    this.#destroyed = true;
    this.end();
  }
}
