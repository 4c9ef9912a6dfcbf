import { useEffect, useRef } from 'preact/hooks';
import { meetWords } from '../words';

/** How loud the microphone is, so that people see that it works before they join. */
export function Level({ track }: { track: MediaStreamTrack | undefined }) {
  const bar = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!track) return undefined;
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 512;
    context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
    const samples = new Float32Array(analyser.fftSize);
    const timer = setInterval(() => {
      analyser.getFloatTimeDomainData(samples);
      const power = samples.reduce((sum, value) => sum + value * value, 0) / samples.length;
      // From -60 dB to 0 dB.
      const level = Math.max(0, Math.min(1, 1 + (10 * Math.log10(power + 1e-9)) / 60));
      bar.current?.style.setProperty('--level', level.toFixed(2));
    }, 80);
    return () => {
      clearInterval(timer);
      void context.close();
    };
  }, [track]);
  return (
    <span class="level" role="img" aria-label={meetWords.value.level}>
      <span ref={bar} />
    </span>
  );
}
