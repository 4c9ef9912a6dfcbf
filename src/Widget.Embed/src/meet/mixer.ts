/** Puts the pictures of a call side by side and mixes its sound, so that one file contains everybody. */

export interface Source {
  id: string;
  audio?: MediaStreamTrack | undefined;
  video?: MediaStreamTrack | undefined;
}

const size = { width: 1280, height: 720 };
const frameInterval = 1000 / 15;

export class Mixer {
  readonly stream: MediaStream;
  readonly #canvas = document.createElement('canvas');
  readonly #context = new AudioContext();
  readonly #output = this.#context.createMediaStreamDestination();
  readonly #sounds = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();
  readonly #pictures = new Map<MediaStreamTrack, HTMLVideoElement>();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(private readonly sources: () => Source[]) {
    Object.assign(this.#canvas, size);
    this.stream = this.#canvas.captureStream(15);
    for (const track of this.#output.stream.getAudioTracks()) this.stream.addTrack(track);
    this.#timer = setInterval(() => this.#draw(), frameInterval);
    this.#draw();
  }

  close(): void {
    clearInterval(this.#timer);
    for (const track of this.stream.getTracks()) track.stop();
    void this.#context.close();
    this.#pictures.clear();
  }

  #draw(): void {
    const sources = this.sources();
    this.#mix(sources);
    const drawing = this.#canvas.getContext('2d');
    if (!drawing) return;
    const { width, height } = size;
    drawing.fillStyle = '#15191f';
    drawing.fillRect(0, 0, width, height);
    const columns = Math.ceil(Math.sqrt(sources.length));
    const rows = Math.ceil(sources.length / Math.max(1, columns));
    sources.forEach(({ video }, i) => {
      const picture = video && this.#pictureOf(video);
      if (!picture?.videoWidth) return;
      const cell = { width: width / columns, height: height / rows };
      const scale = Math.min(cell.width / picture.videoWidth, cell.height / picture.videoHeight);
      const [w, h] = [picture.videoWidth * scale, picture.videoHeight * scale];
      const x = (i % columns) * cell.width + (cell.width - w) / 2;
      const y = Math.floor(i / columns) * cell.height + (cell.height - h) / 2;
      drawing.drawImage(picture, x, y, w, h);
    });
  }

  #mix(sources: Source[]): void {
    const wanted = sources.flatMap(({ audio }) => (audio?.readyState === 'live' ? [audio] : []));
    for (const [track, node] of this.#sounds) {
      if (wanted.includes(track)) continue;
      node.disconnect();
      this.#sounds.delete(track);
    }
    for (const track of wanted) {
      if (this.#sounds.has(track)) continue;
      const node = this.#context.createMediaStreamSource(new MediaStream([track]));
      node.connect(this.#output);
      this.#sounds.set(track, node);
    }
  }

  #pictureOf(track: MediaStreamTrack): HTMLVideoElement {
    let picture = this.#pictures.get(track);
    if (!picture) {
      picture = document.createElement('video');
      picture.muted = true;
      picture.srcObject = new MediaStream([track]);
      void picture.play().catch(() => undefined);
      this.#pictures.set(track, picture);
    }
    return picture;
  }
}
