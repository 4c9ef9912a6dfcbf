// Replaces the chunk daily-*.js, which contains Daily's client. It has the same export and the parts of a call object that the widget uses,
// with Daily's own checks. It connects to the simulated room (RoomSocket.cs) instead of Daily's servers. It draws the avatar and hums its
// voice. The visitor's own tracks come from the browser's fake devices and are not sent.

/** The state that tests read. Before the call they can set `joinFails`. */
const observed = (globalThis.dailyReplacement ??= {});
observed.instances ??= 0;
observed.sent ??= [];
observed.sources ??= {};

/** The simulated room is reachable, although it isn't at Daily. */
export const canJoin = () => true;

export function createCallObject(options) {
  if (observed.instances > 0 && !options.allowMultipleCallInstances) throw new Error('Duplicate DailyIframe instances are not allowed');
  if (options.dailyConfig?.avoidEval !== true) throw new Error('A page with a content security policy cannot evaluate text.');
  observed.instances++;
  const handlers = new Map();
  const emit = (action, detail = {}) => handlers.get(action)?.forEach((handler) => handler({ action, ...detail }));
  const participants = {};
  let state = 'new';
  let socket;
  let avatar;

  const source = (kind, track) => {
    if (track !== false && !(track instanceof MediaStreamTrack)) throw new Error(`${kind}Source must be a track or false.`);
    if (track && track.readyState !== 'live') throw new Error('The track has ended.');
    observed.sources[kind] = track ? track.id : false;
  };
  source('audio', options.audioSource);
  source('video', options.videoSource);

  const left = () => {
    avatar?.stop();
    for (const id of Object.keys(participants)) delete participants[id];
    socket?.close();
  };

  function joined({ participant, greenScreen }) {
    state = 'joined';
    participants.local = { local: true, user_id: participant, session_id: participant, tracks: {} };
    avatar = new Avatar(greenScreen);
    emit('joined-meeting', { participants });
  }

  function replica({ userId }) {
    const tracks = {
      video: { state: 'playable', persistentTrack: avatar.video, track: avatar.video },
      audio: { state: 'playable', persistentTrack: avatar.audio, track: avatar.audio },
    };
    participants.replica = { local: false, user_id: userId, user_name: 'Avatar', session_id: 'replica', tracks };
    emit('participant-joined', { participant: participants.replica });
    emit('track-started', { participant: participants.replica, track: avatar.video, type: 'video' });
    emit('track-started', { participant: participants.replica, track: avatar.audio, type: 'audio' });
  }

  function fail(type) {
    if (state === 'left' || state === 'error') return;
    state = 'error';
    left();
    emit('error', { errorMsg: type, error: { type, msg: type } });
  }

  return {
    on(action, handler) {
      if (!handlers.has(action)) handlers.set(action, new Set());
      handlers.get(action).add(handler);
      return this;
    },
    join({ url, token }) {
      if (state !== 'new') throw new Error('join() was called twice.');
      if (observed.joinFails) return Promise.reject(new Error('Failed to load call object bundle'));
      state = 'joining';
      const address = new URL(`${url}/socket`);
      address.protocol = address.protocol.replace('http', 'ws');
      return new Promise((resolve, reject) => {
        socket = new WebSocket(address);
        socket.onopen = () => socket.send(JSON.stringify({ type: 'join', token: token ?? null }));
        socket.onclose = () => fail('connection-error');
        socket.onmessage = ({ data }) => {
          const message = JSON.parse(data);
          if (state === 'left') return;
          if (message.type === 'joined') {
            joined(message);
            resolve(participants);
          }
          if (message.type === 'refused') {
            reject(new Error(message.reason));
            fail(message.reason);
          }
          if (message.type === 'replica') replica(message);
          if (message.type === 'message') {
            avatar.hear(message.data);
            emit('app-message', { data: message.data, fromId: 'replica' });
          }
          if (message.type === 'ended') {
            if (participants.replica) emit('participant-left', { participant: participants.replica });
            state = 'left';
            left();
            emit('left-meeting');
          }
        };
      });
    },
    participants: () => participants,
    sendAppMessage(data, to) {
      if (state !== 'joined') throw new Error('sendAppMessage() only supported after join.');
      if (to !== '*') throw new Error('Tavus hears what is said to everybody.');
      observed.sent.push(data);
      socket.send(JSON.stringify({ type: 'message', data }));
      return this;
    },
    setLocalAudio(on) {
      observed.audioOn = on;
      return this;
    },
    setLocalVideo(on) {
      observed.videoOn = on;
      return this;
    },
    async setInputDevicesAsync({ audioSource, videoSource }) {
      if (audioSource !== undefined) source('audio', audioSource);
      if (videoSource !== undefined) source('video', videoSource);
      return {};
    },
    async destroy() {
      if (state === 'destroyed') throw new Error('The call object is destroyed.');
      if (state !== 'error') state = 'left';
      left();
      state = 'destroyed';
      observed.instances--;
    },
  };
}

/** The simulator's drawn person, and a humming voice, which is louder while the avatar speaks. */
class Avatar {
  constructor(greenScreen) {
    const canvas = Object.assign(document.createElement('canvas'), { width: 640, height: 360 });
    this.sound = new AudioContext();
    const voice = this.sound.createOscillator();
    this.loudness = this.sound.createGain();
    this.loudness.gain.value = 0.05;
    const out = this.sound.createMediaStreamDestination();
    const analyser = this.sound.createAnalyser();
    voice.frequency.value = 220;
    voice.connect(this.loudness).connect(analyser).connect(out);
    voice.start();
    [this.audio] = out.stream.getAudioTracks();

    // From the simulator's avatar.js, which VideoVisit puts in front of this file.
    const person = new DrawnAvatar(canvas, { look: lookOf(), green: greenScreen, analyser });
    const draw = () => person.draw(performance.now());
    draw();
    this.timer = setInterval(draw, 66);
    [this.video] = canvas.captureStream(15).getVideoTracks();
  }

  hear({ event_type: type, properties }) {
    if (properties?.role === 'user') return;
    if (type === 'conversation.started_speaking') this.loudness.gain.value = 0.3;
    if (type === 'conversation.stopped_speaking') this.loudness.gain.value = 0.05;
  }

  stop() {
    clearInterval(this.timer);
    this.video.stop();
    this.audio.stop();
    if (this.sound.state !== 'closed') void this.sound.close();
  }
}
