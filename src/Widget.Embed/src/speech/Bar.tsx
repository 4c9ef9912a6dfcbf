import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon } from '../app/components/Icon';
import { words } from '../app/i18n';
import { icons } from './icons';
import { rates } from './model';
import type { Player } from './player';
import { speechWords } from './words';

/** The controls for reading aloud. */
export function Bar({ player, shadow }: { player: Player; shadow: ShadowRoot }) {
  const t = speechWords.value;
  const bar = useRef<HTMLDivElement>(null);
  const phase = player.phase.value;
  const error = player.error.value;
  const shown = phase !== 'idle';

  // When the bar disappears, its focus moves to the thread. While this renders, the bar is still there.
  const losesFocus = !shown && bar.current?.contains(shadow.activeElement) === true;
  useLayoutEffect(() => {
    if (losesFocus) shadow.querySelector<HTMLElement>('.thread')?.focus({ preventScroll: true });
  }, [losesFocus]);

  return (
    <>
      <div class="hidden" role="status">
        {phase === 'paused' && !error ? t.paused : ''}
      </div>
      {error && (
        <div class="speech-note" role="alert">
          <span>{t[error]}</span>
          {!shown && <Button name="close" label={t.close} onPress={() => player.stop()} />}
        </div>
      )}
      {shown && (
        <div class="player" ref={bar} role="group" aria-label={t.readingAloud} data-phase={phase}>
          {error === 'blocked' ? (
            <button type="button" class="offer" onClick={() => player.toggle()}>
              <Icon name="play" path={icons.play} />
              {t.resume}
            </button>
          ) : (
            <Button
              name={phase === 'paused' ? 'play' : 'pause'}
              label={phase === 'paused' ? t.resume : t.pause}
              onPress={() => player.toggle()}
            />
          )}
          <Button name="skip" label={t.skip} onPress={() => player.skip()} />
          <span class="player-state" aria-hidden="true">
            {phase === 'paused' ? t.paused : phase === 'waiting' ? t.waiting : t.readingAloud}
          </span>
          <select
            aria-label={t.speed}
            title={t.speed}
            value={player.rate.value}
            onChange={({ currentTarget }) => player.setRate(Number(currentTarget.value))}
          >
            {rates.map((rate) => (
              // From left to right in every language.
              <option
                value={rate}
              >{`\u2066${rate.toLocaleString(words.value.dir === 'rtl' ? 'ar' : undefined)}×\u2069`}</option>
            ))}
          </select>
          <Button
            name={player.muted.value ? 'muted' : 'sound'}
            label={t.mute}
            pressed={player.muted.value}
            onPress={() => player.toggleMute()}
          />
          <Button name="stop" label={t.stop} onPress={() => player.stop()} />
        </div>
      )}
    </>
  );
}

interface ButtonProps {
  name: keyof typeof icons | 'stop' | 'close';
  label: string;
  pressed?: boolean;
  onPress: () => void;
}

function Button({ name, label, pressed, onPress }: ButtonProps) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} aria-pressed={pressed} onClick={onPress}>
      {name === 'stop' || name === 'close' ? <Icon name={name} /> : <Icon name={name} path={icons[name]} />}
    </button>
  );
}
