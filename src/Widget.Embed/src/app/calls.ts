/** The panel's call: loads the call modules, and starts and ends calls. */
import { signal } from '@preact/signals';
import type { CallMode, LiveCall } from './call';
import type { CallHost, DeviceWishes, Modules } from './moduleHost';

export class Calls {
  /** The call, until the visitor has closed its final message. */
  readonly current = signal<LiveCall | undefined>(undefined);
  /** Whether a call module is loading, or could not be loaded. */
  readonly loading = signal<{ mode: CallMode; state: 'loading' | 'failed' } | undefined>(undefined);
  /** The screen before a call is open: who receives sound and picture, and with which devices the call starts. */
  readonly prelude = signal<CallMode | undefined>(undefined);
  #destroyed = false;

  constructor(
    private readonly host: CallHost,
    private readonly modules: Modules,
  ) {}

  isOffered(mode: CallMode): boolean {
    return !!this.host.config.value?.modes.includes(mode) && (mode === 'video' || 'RTCPeerConnection' in window);
  }

  /** Shows the screen before a call. */
  prepare(mode: CallMode): void {
    if (this.current.value?.mode !== mode) this.prelude.value = mode;
  }

  /** Starts a call in place of the current one. */
  async start(mode: CallMode, wishes?: DeviceWishes): Promise<void> {
    if (this.current.value?.mode === mode || this.loading.value?.state === 'loading') return;
    this.prelude.value = undefined;
    this.loading.value = { mode, state: 'loading' };
    const { conversationId } = this.host;
    try {
      const open = await this.modules[mode]();
      this.loading.value = undefined;
      // While loading, the visitor may have started a new conversation, or the widget may have been removed.
      if (conversationId !== this.host.conversationId || this.#destroyed) return;
      this.end();
      this.current.value = open(this.host, wishes);
    } catch {
      this.loading.value = { mode, state: 'failed' };
    }
  }

  /** Ends the call without a final message. */
  end(): void {
    this.prelude.value = undefined;
    this.current.value?.destroy();
    this.current.value = undefined;
  }

  destroy(): void {
    this.#destroyed = true;
    this.end();
  }
}
