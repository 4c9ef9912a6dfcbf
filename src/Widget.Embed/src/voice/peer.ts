/** The line of sound to the provider: a peer connection with the microphone, what comes back, and a channel beside it. */

export interface PeerListener {
  connected(): void;
  sound(stream: MediaStream): void;
  /** A message of the channel, unread. */
  message(text: string): void;
  /** It never came about, or is gone. */
  lost(): void;
}

/** A provider's servers are reached directly, so the first candidates suffice. */
const gathering = 1_500;
const connecting = 15_000;
/** A line may falter for a moment; ICE then finds another way by itself. */
const faltering = 5_000;

export class Peer {
  readonly #connection = new RTCPeerConnection();
  // Before the offer, or the offer would not speak of it. The name is the one that OpenAI's own examples use.
  readonly #channel = this.#connection.createDataChannel('oai-events');
  readonly #sender: RTCRtpSender;
  readonly #early: string[] = [];
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
    this.#connection.onconnectionstatechange = () => this.#look();
    this.#channel.onmessage = ({ data }) => {
      if (typeof data === 'string') this.listener.message(data);
    };
    this.#channel.onopen = () => {
      for (const text of this.#early.splice(0)) this.#channel.send(text);
    };
    // The other side has hung up; the connection itself would take seconds to notice.
    this.#channel.onclose = () => this.#lost();
  }

  async offer(): Promise<string> {
    await this.#connection.setLocalDescription();
    await gathered(this.#connection);
    return this.#connection.localDescription?.sdp ?? '';
  }

  async answer(sdp: string): Promise<void> {
    if (this.#closed) return;
    this.#timer = setTimeout(() => this.#lost(), connecting);
    await this.#connection.setRemoteDescription({ type: 'answer', sdp });
  }

  async replace(track: MediaStreamTrack | undefined): Promise<void> {
    if (!this.#closed) await this.#sender.replaceTrack(track ?? null);
  }

  send(text: string): void {
    if (this.#channel.readyState === 'open') this.#channel.send(text);
    else if (!this.#closed) this.#early.push(text);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#connection.ontrack = this.#connection.onconnectionstatechange = null;
    this.#channel.onmessage = this.#channel.onopen = this.#channel.onclose = null;
    this.#connection.close();
  }

  #look(): void {
    switch (this.#connection.connectionState) {
      case 'connected':
        clearTimeout(this.#timer);
        if (!this.#connected) this.listener.connected();
        this.#connected = true;
        break;
      case 'disconnected':
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#lost(), faltering);
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
    }, gathering);
    connection.addEventListener('icegatheringstatechange', done);
    done();
  });
}
