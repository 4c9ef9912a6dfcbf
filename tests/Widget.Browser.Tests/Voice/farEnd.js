// The far end of a voice call, in the visitor's own page: a second peer connection that sends a tone, receives the visitor's sound and has
// the other end of the data channel. It also records the page's own connections, tracks and requests for the microphone.
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

  MediaDevices.prototype.getUserMedia = async function (constraints) {
    window.asked++;
    if (window.devicesSilent) return new Promise(() => {});
    const error = window.devicesFail?.(constraints);
    if (error) throw new DOMException('Not available.', error);
    const stream = await ask.call(this, constraints);
    window.tracks.push(...stream.getTracks());
    return stream;
  };

  // Answers an offer. If `blocked`, no candidates are exchanged, as in a network that blocks UDP.
  window.answerCall = async (offer, blocked) => {
    const withoutCandidates = (sdp) => sdp.replace(/^a=candidate:.*\r\n/gm, '');
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

    await connection.setRemoteDescription({ type: 'offer', sdp: blocked ? withoutCandidates(offer) : offer });
    await connection.setLocalDescription();
    while (connection.iceGatheringState !== 'complete')
      await new Promise((resolve) => connection.addEventListener('icegatheringstatechange', resolve, { once: true }));
    const answer = connection.localDescription.sdp;
    return blocked ? withoutCandidates(answer) : answer;
  };

  // The highest mean power of a stream within some seconds, measured every 20 ms.
  window.powerOf = async (stream, seconds) => {
    // Sound from the network is decoded only if an element plays it.
    const player = Object.assign(new Audio(), { srcObject: stream, muted: true });
    await player.play();
    const context = new AudioContext();
    await context.resume();
    const analyser = new AnalyserNode(context, { fftSize: 1024 });
    context.createMediaStreamSource(stream).connect(analyser);
    const wave = new Float32Array(1024);
    let maxPower = 0;
    for (const until = performance.now() + seconds * 1000; performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      analyser.getFloatTimeDomainData(wave);
      maxPower = Math.max(maxPower, wave.reduce((sum, value) => sum + value * value, 0) / wave.length);
      if (maxPower > 1e-4) break;
    }
    await context.close();
    player.srcObject = null;
    return maxPower;
  };
})();
