// The far end of a voice call, in the visitor's own page: a second peer connection that hums, hears, and holds the other end of the channel.
// Around it, what a test must see of the page's own side: its connections, its microphone, and what it asks for.
(() => {
  const Connection = window.RTCPeerConnection;
  const ask = MediaDevices.prototype.getUserMedia;
  window.near = [];
  window.far = [];
  window.tracks = [];
  window.asked = 0;

  window.RTCPeerConnection = class extends Connection {
    constructor(...settings) {
      super(...settings);
      window.near.push(this);
    }
  };

  MediaDevices.prototype.getUserMedia = async function (wish) {
    window.asked++;
    if (window.devicesSilent) return new Promise(() => {});
    const wrong = window.devicesFail?.(wish);
    if (wrong) throw new DOMException('It cannot be had.', wrong);
    const stream = await ask.call(this, wish);
    window.tracks.push(...stream.getTracks());
    return stream;
  };

  // Answers an offer. Blocked, neither side learns an address of the other's, as where UDP does not get through.
  window.answerCall = async (offer, blocked) => {
    const nameless = (sdp) => sdp.replace(/^a=candidate:.*\r\n/gm, '');
    const connection = new Connection();
    const end = { connection, channel: undefined, messages: [], heard: undefined };
    window.far.push(end);
    connection.ontrack = ({ track }) => (end.heard = new MediaStream([track]));
    connection.ondatachannel = ({ channel }) => {
      end.channel = channel;
      channel.onmessage = ({ data }) => end.messages.push(data);
    };
    const sound = new AudioContext();
    const hum = new OscillatorNode(sound, { frequency: 440 });
    const place = sound.createMediaStreamDestination();
    hum.connect(new GainNode(sound, { gain: 0.4 })).connect(place);
    hum.start();
    connection.addTrack(place.stream.getAudioTracks()[0], place.stream);

    await connection.setRemoteDescription({ type: 'offer', sdp: blocked ? nameless(offer) : offer });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete')
      await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    const answer = connection.localDescription.sdp;
    return blocked ? nameless(answer) : answer;
  };

  // The greatest mean power of a stream within a time, in samples of 20 ms.
  window.powerOf = async (stream, seconds) => {
    // Sound that comes over the network passes only to what plays it.
    const player = Object.assign(new Audio(), { srcObject: stream, muted: true });
    await player.play();
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(1024);
    let most = 0;
    for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatTimeDomainData(wave);
      most = Math.max(most, wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
      if (most > 1e-4) break;
    }
    await context.close();
    player.srcObject = null;
    return most;
  };
})();
