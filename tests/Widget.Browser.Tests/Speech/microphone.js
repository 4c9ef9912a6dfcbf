// Keeps every track that a page gets, so that a test can check that each was stopped. window.devicesFail is the name of the error that
// requests fail with. window.speech is a number of milliseconds: the microphone then hears a tone for that time, followed by silence.
(() => {
  window.tracks = [];
  const original = MediaDevices.prototype.getUserMedia;
  MediaDevices.prototype.getUserMedia = async function (constraints) {
    if (window.devicesFail) throw new DOMException('Not available.', window.devicesFail);
    let stream;
    if (window.speech) {
      const context = new AudioContext();
      const [tone, destination] = [context.createOscillator(), context.createMediaStreamDestination()];
      tone.connect(destination);
      tone.start();
      tone.stop(context.currentTime + window.speech / 1000);
      stream = destination.stream;
    } else {
      stream = await original.call(this, constraints);
    }
    window.tracks.push(...stream.getTracks());
    return stream;
  };
})();
