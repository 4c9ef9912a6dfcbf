/** The WebRTC connection to the provider: the microphone's track, the assistant's track and a data channel. */

export interface PeerListener {
  connected(): void;
  sound(stream: MediaStream): void;
  /** A message from the data channel. */
  message(text: string): void;
  /** It could not be established, or broke. */
  lost(): void;
}

/** Providers have public servers, so the first ICE candidates are enough. */
const gatherTimeout = 1_500;
const connectTimeout = 15_000;
/** ICE recovers from short interruptions by itself. */
const recoverTimeout = 5_000;

export class Peer {
  readonly #connection = new RTCPeerConnection();
  // Created before the offer, so that the offer includes it. OpenAI's examples use this name.
  readonly #channel = this.#connection.createDataChannel('oai-events');
  readonly #sender: RTCRtpSender;
  /** Messages sent before the channel is open. */
  readonly #queue: string[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #connected = false;
  #closed = false;

  constructor(
    track: MediaStreamTrack | undefined,
    private readonly listener: PeerListener,
  ) {
    const { sender } = this.#connection.addTransceiver(track ?? 'audio', {
      streams: track ? [new MediaStream([track])] : [],
    });
    this.#sender = sender;
    this.#connection.ontrack = ({ track: sound }) => this.listener.sound(new MediaStream([sound]));
    this.#connection.onconnectionstatechange = () => this.#stateChanged();
    this.#channel.onmessage = ({ data }) => {
      if (typeof data === 'string') this.listener.message(data);
    };
    this.#channel.onopen = () => {
      for (const text of this.#queue.splice(0)) this.#channel.send(text);
    };
    // The provider has hung up. The connection state would change only seconds later.
    this.#channel.onclose = () => this.#lost();
  }

  async offer(): Promise<string> {
    await this.#connection.setLocalDescription();
    await gathered(this.#connection);
    return this.#connection.localDescription?.sdp ?? '';
  }

  async answer(sdp: string): Promise<void> {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#lost(), connectTimeout);
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
  }

  async replaceTrack(track: MediaStreamTrack | undefined): Promise<void> {
    if (!this.#closed) await this.#sender.replaceTrack(track ?? null);
  }

  send(text: string): void {
    if (this.#channel.readyState === 'open') this.#channel.send(text);
    else if (!this.#closed) this.#queue.push(text);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection.ontrack = this.#connection.onconnectionstatechange = null;
    this.#channel.onmessage = this.#channel.onopen = this.#channel.onclose = null;
    this.#connection.close();
  }

  #stateChanged(): void {
    switch (this.#connection.connectionState) {
      case 'connected':
        clearTimeout(this.#timer);
        if (!this.#connected) this.listener.connected();
        this.#connected = true;
        break;
      case 'disconnected':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#lost(), recoverTimeout);
        break;
      case 'failed':
      case 'closed':
        this.#lost();
        break;
    }
  }

  #lost(): void {
    if (this.#closed) return;
    this.close();
    this.listener.lost();
  }
}

function gathered(connection: RTCPeerConnection): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      if (connection.iceGatheringState !== 'complete') return;
      clearTimeout(timer);
      connection.removeEventListener('icegatheringstatechange', done);
      resolve();
    };
    const timer = setTimeout(() => {
      connection.removeEventListener('icegatheringstatechange', done);
      resolve();
    }, gatherTimeout);
    connection.addEventListener('icegatheringstatechange', done);
    done();
  });
}
